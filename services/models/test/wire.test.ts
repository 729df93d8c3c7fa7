import { expect, test } from '@jest/globals';
import { ProviderKind } from '@aether/contracts/providers';
import { API_PATHS, formatOf, keyHeaders, wires } from '../src/provider/wire.js';

const key = 'sk-1';
const bearer = { authorization: 'Bearer sk-1' };
const native = { 'x-api-key': 'sk-1', 'anthropic-version': '2023-06-01' };

const expected = {
  openrouter: {
    baseUrl: 'https://openrouter.ai/api/v1',
    refused: ['/messages/count_tokens'],
    headers: () => bearer,
  },
  openai: {
    baseUrl: 'https://api.openai.com/v1',
    refused: ['/messages', '/messages/count_tokens'],
    headers: () => bearer,
  },
  anthropic: {
    baseUrl: 'https://api.anthropic.com/v1',
    refused: ['/responses', '/embeddings'],
    headers: (path: string) => (path === '/chat/completions' ? bearer : native),
  },
  google: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    refused: ['/responses', '/messages', '/messages/count_tokens'],
    headers: () => bearer,
  },
  'openai-compatible': { baseUrl: null, refused: [], headers: () => bearer },
} satisfies Record<ProviderKind, object>;

test.each(ProviderKind.options)('%s is asked at its address, on its paths, with its kind of key', (kind) => {
  const { baseUrl, refused, headers } = expected[kind];
  expect(wires[kind].baseUrl).toBe(baseUrl);
  expect(API_PATHS.filter((path) => !wires[kind].paths.includes(path))).toEqual(refused);
  for (const path of [...API_PATHS, '/models'])
    expect(keyHeaders(kind, { path, key })).toEqual(headers(path));
});

test('a server of one’s own may want no key', () => {
  expect(keyHeaders('openai-compatible', { path: '/models', key: undefined })).toEqual({});
});

test('a path tells the format', () => {
  expect(API_PATHS.filter((path) => formatOf(path) === 'anthropic')).toEqual([
    '/messages',
    '/messages/count_tokens',
  ]);
});
