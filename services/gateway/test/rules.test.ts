import { expect, test } from '@jest/globals';
import { GatewayConfig } from '../src/config.js';
import { Origins } from '../src/http/origins.js';
import { unknownFields } from '../src/http/read-input.js';
import { isTold } from '../src/live/cursor.js';

test.each([
  ['3', '5', true],
  ['5', '5', true],
  ['6', '5', false],
  ['7:3', '7:5', true],
  ['7:5', '7:5', false],
  ['7:6', '7:5', false],
  ['6:9', '7:5', false],
  ['8:0', '7:5', false],
  ['7', '7:5', false],
  ['x', '5', false],
  ['5', '', false],
])('an entry at %s behind a backfill that ended at %s is told already: %s', (cursor, backfilled, told) => {
  expect(isTold(cursor, backfilled)).toBe(told);
});

test('fields that a schema did not keep are named by their path', () => {
  expect(unknownFields({ a: { b: 1, c: 2 }, d: [{ e: 1, f: 2 }] }, { a: { b: 1 }, d: [{ e: 1 }] })).toEqual([
    'a.c',
    'd.0.f',
  ]);
  expect(unknownFields({ at: '2026-01-01' }, { at: new Date() })).toEqual([]);
});

const origins = new Origins(
  GatewayConfig.parse({
    NATS_URL: 'nats://localhost',
    NATS_PASSWORD: 'x',
    PUBLIC_URL: 'https://aether.example',
    CORS_ORIGINS: 'https://console.example',
  }),
);

test.each([
  [{}, true],
  [{ origin: 'https://aether.example' }, true],
  [{ origin: 'https://console.example', secFetchSite: 'cross-site' }, true],
  [{ origin: 'http://127.0.0.1:7420', host: '127.0.0.1:7420' }, true],
  [{ origin: 'http://127.0.0.1:3000', host: '127.0.0.1:7420' }, false],
  [{ origin: 'https://evil.example', host: 'aether.example' }, false],
  [{ origin: 'http://aether.local', host: 'aether.local' }, true],
  [{ origin: 'http://aether.local', host: 'aether.local', secure: true }, false],
  [{ origin: 'https://aether.local', host: 'aether.local', secure: true }, true],
  [{ origin: 'null', host: 'aether.example' }, false],
  [{ secFetchSite: 'same-origin' }, true],
  [{ secFetchSite: 'none' }, true],
  [{ secFetchSite: 'same-site' }, false],
  [{ secFetchSite: 'cross-site' }, false],
])('a request from %j may use cookies: %s', (provenance, may) => {
  expect(origins.mayUseCookies(provenance)).toBe(may);
});

test('a configuration with faults names each of them', () => {
  const { error } = GatewayConfig.safeParse({ NATS_URL: '', PORT: '70000', CORS_ORIGINS: 'not an origin' });
  expect(error?.issues.map(({ path }) => path[0]).sort()).toEqual([
    'CORS_ORIGINS',
    'NATS_PASSWORD',
    'NATS_URL',
    'PORT',
  ]);
});
