import type { ProviderKind } from '@aether/contracts/providers';

export interface KindWords {
  readonly id: ProviderKind;
  readonly label: string;
  /** Where one gets a key; null where most need none. */
  readonly keys: string | null;
  readonly exampleModel: string;
  /** It has no address of its own. */
  readonly needsUrl?: boolean;
}

export const providerKinds: readonly KindWords[] = [
  {
    id: 'openrouter',
    label: 'OpenRouter',
    keys: 'openrouter.ai, under Keys',
    exampleModel: 'anthropic/claude-sonnet-4.5',
  },
  {
    id: 'anthropic',
    label: 'Anthropic',
    keys: 'platform.claude.com, under API keys',
    exampleModel: 'claude-sonnet-4-5',
  },
  { id: 'openai', label: 'OpenAI', keys: 'platform.openai.com, under API keys', exampleModel: 'gpt-5-mini' },
  {
    id: 'google',
    label: 'Google',
    keys: 'aistudio.google.com, under API keys',
    exampleModel: 'gemini-2.5-flash',
  },
  {
    id: 'openai-compatible',
    label: 'Another, of the same format as OpenAI',
    keys: null,
    exampleModel: 'qwen3:8b',
    needsUrl: true,
  },
];

export const kindLabel = (kind: ProviderKind): string =>
  providerKinds.find(({ id }) => id === kind)?.label ?? kind;
