import { describe, expect, test } from '@jest/globals';
import type { OfferedModel } from '@aether/contracts/providers';
import type { Origin } from '../src/provider/known-models.js';
import { completed, readModelList } from '../src/provider/offered-models.js';
import { wires } from '../src/provider/wire.js';

const ofKind = (kind: Origin['kind'], baseUrl = wires[kind].baseUrl ?? ''): Origin => ({ kind, baseUrl });
const ollama = ofKind('openai-compatible', 'http://127.0.0.1:11434/v1');
const nothing = {
  contextWindow: null,
  maxTokens: null,
  inputUsdPerMillion: null,
  cachedInputUsdPerMillion: null,
  outputUsdPerMillion: null,
  priceFrom: null,
};

/** A piece of each provider's real list, and what is known of its models then. */
const lists: { of: string; origin: Origin; data: object[]; known: Partial<OfferedModel>[] }[] = [
  {
    of: 'OpenRouter, which tells all',
    origin: ofKind('openrouter'),
    data: [
      {
        id: 'anthropic/claude-sonnet-4',
        canonical_slug: 'anthropic/claude-4-sonnet-20250522',
        name: 'Anthropic: Claude Sonnet 4',
        created: 1747930371,
        context_length: 1_000_000,
        architecture: {
          modality: 'text+image+file->text',
          input_modalities: ['image', 'text', 'file'],
          output_modalities: ['text'],
          tokenizer: 'Claude',
          instruct_type: null,
        },
        pricing: {
          prompt: '0.000004',
          completion: '0.00002',
          request: '0',
          image: '0.0048',
          input_cache_read: '0.0000004',
          input_cache_write: '0.000005',
        },
        top_provider: { context_length: 1_000_000, max_completion_tokens: 64_000, is_moderated: false },
        per_request_limits: null,
        supported_parameters: ['max_tokens', 'tools'],
      },
      {
        id: 'openrouter/auto',
        context_length: 2_000_000,
        architecture: { input_modalities: ['text'] },
        pricing: { prompt: '-1', completion: '-1' },
        top_provider: { context_length: null, max_completion_tokens: null, is_moderated: false },
      },
    ],
    known: [
      {
        contextWindow: 1_000_000,
        maxTokens: 64_000,
        images: true,
        inputUsdPerMillion: 4,
        cachedInputUsdPerMillion: 0.4,
        outputUsdPerMillion: 20,
        priceFrom: 'provider',
      },
      { ...nothing, contextWindow: 2_000_000, images: false },
    ],
  },
  {
    of: 'OpenAI, which tells names only',
    origin: ofKind('openai'),
    data: [
      { id: 'gpt-4o-mini-2024-07-18', object: 'model', created: 1721172717, owned_by: 'system' },
      { id: 'text-embedding-3-small', object: 'model', created: 1705948997, owned_by: 'system' },
      { id: 'whisper-1', object: 'model', created: 1677532384, owned_by: 'openai-internal' },
      { id: 'ft:mine:acme::7p4lURel', object: 'model', created: 1721172717, owned_by: 'acme' },
    ],
    known: [
      {
        contextWindow: 128_000,
        inputUsdPerMillion: 0.15,
        cachedInputUsdPerMillion: 0.075,
        outputUsdPerMillion: 0.6,
        priceFrom: 'catalogue',
      },
      { inputUsdPerMillion: 0.02, outputUsdPerMillion: 0, priceFrom: 'catalogue' },
      nothing,
      nothing,
    ],
  },
  {
    of: 'Anthropic, which tells sizes only',
    origin: ofKind('anthropic'),
    data: [
      {
        type: 'model',
        id: 'claude-sonnet-4-5-20250929',
        display_name: 'Claude Sonnet 4.5',
        created_at: '2025-09-29T00:00:00Z',
        max_input_tokens: 190_000,
        max_tokens: 64_000,
      },
    ],
    known: [
      {
        contextWindow: 190_000,
        maxTokens: 64_000,
        inputUsdPerMillion: 3,
        cachedInputUsdPerMillion: 0.3,
        outputUsdPerMillion: 15,
        priceFrom: 'catalogue',
      },
    ],
  },
  {
    of: 'Google, which tells names only, by its own path',
    origin: ofKind('google'),
    data: [
      {
        id: 'models/gemini-2.5-flash',
        object: 'model',
        owned_by: 'google',
        display_name: 'Gemini 2.5 Flash',
      },
      { id: 'models/gemini-2.5-pro', object: 'model', owned_by: 'google', display_name: 'Gemini 2.5 Pro' },
    ],
    known: [
      {
        id: 'gemini-2.5-flash',
        contextWindow: 1_048_576,
        inputUsdPerMillion: 0.3,
        outputUsdPerMillion: 2.5,
        priceFrom: 'catalogue',
      },
      // What prompts of up to 200 000 tokens cost.
      { id: 'gemini-2.5-pro', inputUsdPerMillion: 1.25, outputUsdPerMillion: 10, priceFrom: 'catalogue' },
    ],
  },
  {
    of: 'Groq, which is known by its address',
    origin: ofKind('openai-compatible', 'https://api.groq.com/openai/v1'),
    data: [
      {
        id: 'llama-3.3-70b-versatile',
        object: 'model',
        created: 1733447754,
        owned_by: 'Meta',
        active: true,
        context_window: 131_072,
        public_apps: null,
        max_completion_tokens: 32_768,
      },
    ],
    known: [
      {
        contextWindow: 131_072,
        maxTokens: 32_768,
        inputUsdPerMillion: 0.59,
        outputUsdPerMillion: 0.79,
        priceFrom: 'catalogue',
      },
    ],
  },
  {
    of: 'vLLM, which tells the size',
    origin: ofKind('openai-compatible', 'http://127.0.0.1:8000/v1'),
    data: [
      {
        id: 'meta-llama/Llama-3.1-8B-Instruct',
        object: 'model',
        created: 1735689600,
        owned_by: 'vllm',
        root: 'meta-llama/Llama-3.1-8B-Instruct',
        parent: null,
        max_model_len: 32_768,
        permission: [{ id: 'modelperm-1', object: 'model_permission' }],
      },
    ],
    known: [{ ...nothing, contextWindow: 32_768 }],
  },
  {
    of: 'Ollama, whose models cost nothing that anybody knows of, whatever they are called',
    origin: ollama,
    data: [
      { id: 'llama3.2:latest', object: 'model', created: 1727200000, owned_by: 'library' },
      { id: 'gpt-4o-mini', object: 'model', created: 1727200000, owned_by: 'library' },
    ],
    known: [nothing, nothing],
  },
];

describe('the list of models', () => {
  test.each(lists)('of $of', ({ origin, data, known }) => {
    const models = readModelList(JSON.stringify({ object: 'list', data }), origin);
    expect(models).toEqual(known.map((expected) => expect.objectContaining(expected)));
  });

  test('leaves out what it cannot read, and is none where it is no list', () => {
    const data = [null, 7, { id: '' }, { id: 'good', context_length: 'long', pricing: [] }];
    expect(readModelList(JSON.stringify({ data }), ollama)).toEqual([{ ...nothing, id: 'good' }]);
    for (const text of ['', '<html>', '[]', '{"data":{}}']) expect(readModelList(text, ollama)).toBeNull();
  });
});

describe('what is known of a model', () => {
  const origin = ofKind('openai');
  const id = 'gpt-4o-mini';
  const listed: OfferedModel = {
    ...{ id, contextWindow: 100_000, maxTokens: 9_000, images: false },
    ...{ inputUsdPerMillion: 1, cachedInputUsdPerMillion: null, outputUsdPerMillion: 2 },
    priceFrom: 'provider',
  };
  const wanted = { id, contextWindow: 50_000, inputUsdPerMillion: 0, outputUsdPerMillion: 0 };

  test.each([
    {
      from: 'a person, before all',
      wants: wanted,
      told: [listed],
      known: { contextWindow: 50_000, maxTokens: 9_000, inputUsdPerMillion: 0, priceFrom: 'person' },
    },
    { from: 'the provider, before the catalogue', wants: { id }, told: [listed], known: listed },
    {
      from: 'the catalogue, where the provider has no list',
      wants: { id },
      told: [],
      known: { contextWindow: 128_000, maxTokens: null, inputUsdPerMillion: 0.15, priceFrom: 'catalogue' },
    },
    {
      from: 'the provider, where a person told half a price',
      wants: { id, inputUsdPerMillion: 7 },
      told: [listed],
      known: listed,
    },
    { from: 'nobody', wants: { id: 'nobody-knows' }, told: [], known: { ...nothing, id: 'nobody-knows' } },
  ])('is told by $from', ({ wants, told, known }) => {
    expect(completed([wants], { listed: told, origin })).toEqual([expect.objectContaining(known)]);
  });
});
