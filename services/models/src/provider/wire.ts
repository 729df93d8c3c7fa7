import type { ProviderKind } from '@aether/contracts/providers';

/** What the endpoint offers and passes on. */
export const API_PATHS = [
  '/chat/completions',
  '/responses',
  '/embeddings',
  '/messages',
  '/messages/count_tokens',
] as const;
export type ApiPath = (typeof API_PATHS)[number];

interface Wire {
  /** Null: there is no usual address. */
  readonly baseUrl: string | null;
  readonly paths: readonly ApiPath[];
}

const openAi: readonly ApiPath[] = ['/chat/completions', '/responses', '/embeddings'];
const anthropic: readonly ApiPath[] = ['/messages', '/messages/count_tokens'];

/** Anthropic and Google take OpenAI's chat format as well; who takes no other is translated for (docs/adr/0028). */
export const wires: Readonly<Record<ProviderKind, Wire>> = {
  openrouter: { baseUrl: 'https://openrouter.ai/api/v1', paths: [...openAi, '/messages'] },
  openai: { baseUrl: 'https://api.openai.com/v1', paths: openAi },
  anthropic: { baseUrl: 'https://api.anthropic.com/v1', paths: ['/chat/completions', ...anthropic] },
  google: {
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
    paths: ['/chat/completions', '/embeddings'],
  },
  'openai-compatible': { baseUrl: null, paths: [...openAi, ...anthropic] },
};

export type ApiFormat = 'openai' | 'anthropic';
export const formatOf = (path: string): ApiFormat => (path.includes('/messages') ? 'anthropic' : 'openai');

export function keyHeaders(
  kind: ProviderKind,
  { path, key }: { path: string; key: string | undefined },
): Record<string, string> {
  const native = kind === 'anthropic' && path !== '/chat/completions';
  return {
    ...(native && { 'anthropic-version': '2023-06-01' }),
    ...(key && (native ? { 'x-api-key': key } : { authorization: `Bearer ${key}` })),
  };
}
