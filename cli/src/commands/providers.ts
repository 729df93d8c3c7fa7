import { ProviderKind, type ModelProvider, type OfferedModel } from '@aether/contracts/providers';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { CommandError } from '../command-error.js';
import { askPassword, readSecretFromStdin } from '../prompts.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';
import { printTable } from '../view/table.js';

const providerName = z.string().trim().min(1);
const names = z.string().transform((text) =>
  text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean),
);
const settingFlags = [
  ['--models <names>', 'that agents may use, with commas between them, as the provider names them'],
  ['--url <address>', 'of its API, mostly ending in /v1; needed for openai-compatible'],
  ['--key-stdin', 'read the key from standard input'],
] as const;
const settings = { url: z.string().optional(), keyStdin: z.boolean().default(false) };

/** `providers` and `provider add|set|models|default|remove`. */
export function addProviders(program: Command): void {
  addCommand(program, {
    usage: 'providers',
    summary: 'model providers, and what agents may use of them',
    examples: ['npx aether providers'],
    input: z.object({}),
    async run({ config, terminal }) {
      const api = new Api(await requireTarget(config));
      const { items } = await api.call('GET /api/v1/providers', {});
      const { models } = await api.call('GET /api/v1/models/default', {});
      terminal.answer({ providers: items, default: models }, () => print(terminal, items, models));
    },
  });
  const group = program.command('provider').description('add, change and remove model providers');
  addAdd(group);
  addSet(group);
  addModels(group);
  addDefault(group);
  addCommand(group, {
    usage: 'remove <name>',
    summary: 'forget a provider and its key',
    examples: ['npx aether provider remove openrouter'],
    input: z.object({ name: providerName }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id, name } = await found(api, input.name);
      await api.call('DELETE /api/v1/providers/{id}', { id });
      terminal.answer({ removed: id }, () => terminal.line(`${name} and its key are removed.`));
    },
  });
}

function addAdd(group: Command): void {
  addCommand(group, {
    usage: 'add <kind>',
    summary: `add a provider: ${ProviderKind.options.join(', ')}; its key is tried first`,
    flags: [
      ['--name <name>', 'how models of it are named: <name>/<model> (default: the kind)'],
      ...settingFlags,
      ['--no-key', 'it wants none, as a server of your own'],
    ],
    examples: [
      'npx aether provider add openrouter --models anthropic/claude-sonnet-4',
      'npx aether provider add openai-compatible --name ollama --url http://127.0.0.1:11434/v1 --models llama3 --no-key',
    ],
    input: z.object({
      kind: ProviderKind,
      name: providerName.optional(),
      models: names,
      key: z.boolean().default(true),
      ...settings,
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const provider = await api.call('POST /api/v1/providers', {
        kind: input.kind,
        name: input.name ?? input.kind,
        baseUrl: input.url,
        key: input.key ? await askKey(terminal, input.keyStdin) : undefined,
        models: input.models.map((id) => ({ id })),
      });
      const { models } = await api.call('GET /api/v1/models/default', {});
      terminal.answer({ provider }, () => print(terminal, [provider], models));
    },
  });
}

function addSet(group: Command): void {
  addCommand(group, {
    usage: 'set <name>',
    summary: 'change a provider; what is new about it is tried first',
    flags: [
      ...settingFlags,
      ['--key', 'ask for another key'],
      ['--enable', 'agents may use it'],
      ['--disable', 'agents may not use it for now'],
    ],
    examples: ['npx aether provider set openrouter --key'],
    input: z.object({
      name: providerName,
      models: names.optional(),
      key: z.boolean().default(false),
      enable: z.boolean().default(false),
      disable: z.boolean().default(false),
      ...settings,
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const provider = await api.call('PATCH /api/v1/providers/{id}', {
        id: (await found(api, input.name)).id,
        baseUrl: input.url,
        models: input.models?.map((id) => ({ id })),
        ...((input.key || input.keyStdin) && { key: await askKey(terminal, input.keyStdin) }),
        ...((input.enable || input.disable) && { enabled: input.enable }),
      });
      const { models } = await api.call('GET /api/v1/models/default', {});
      terminal.answer({ provider }, () => print(terminal, [provider], models));
    },
  });
}

function addModels(group: Command): void {
  addCommand(group, {
    usage: 'models <name>',
    summary: 'everything a provider offers, with sizes and prices where they are known',
    examples: ['npx aether provider models openrouter'],
    input: z.object({ name: providerName }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await found(api, input.name);
      const { items } = await api.call('GET /api/v1/providers/{id}/models', { id });
      terminal.answer({ models: items }, () => {
        printTable(
          terminal,
          ['MODEL', 'CONTEXT', 'ANSWER', '$ IN', '$ OUT'],
          items.map((model) => [plainText(model.id), ...figuresOf(model)]),
        );
        explainPrices(terminal, items);
      });
    },
  });
}

function addDefault(group: Command): void {
  addCommand(group, {
    usage: 'default [models]',
    summary: 'what `default` stands for: the next one answers where the one before cannot',
    examples: ['npx aether provider default openrouter/anthropic/claude-sonnet-4,ollama/llama3'],
    input: z.object({ models: names.optional() }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { models } = input.models
        ? await api.call('PUT /api/v1/models/default', { models: input.models })
        : await api.call('GET /api/v1/models/default', {});
      terminal.answer({ default: models }, () => printDefault(terminal, models));
    },
  });
}

function askKey(terminal: Terminal, fromStdin: boolean): Promise<string> {
  if (fromStdin) return readSecretFromStdin();
  return askPassword({ terminal, flag: '--key-stdin', message: 'Key of the provider' });
}

async function found(api: Api, name: string): Promise<ModelProvider> {
  const { items } = await api.call('GET /api/v1/providers', {});
  const provider = items.find((each) => each.name === name || each.id === name);
  if (provider) return provider;
  throw new CommandError({
    code: 'provider_not_found',
    detail: `There is no provider "${name}".`,
    hint: 'List them with `npx aether providers`.',
  });
}

function print(terminal: Terminal, providers: readonly ModelProvider[], defaults: readonly string[]): void {
  if (providers.length === 0) {
    terminal.line(
      'No model provider is there: agents talk to the demo model, which is no language model. Add one:',
    );
    return terminal.line('  npx aether provider add openrouter --models anthropic/claude-sonnet-4');
  }
  printTable(
    terminal,
    ['MODEL', 'OF', 'KEY', 'STATE', 'CONTEXT', 'ANSWER', '$ IN', '$ OUT'],
    providers.flatMap(({ name, kind, hasKey, enabled, source, models }) =>
      models.map((model) => [
        plainText(source === 'settings' ? model.id : `${name}/${model.id}`),
        kind,
        hasKey ? 'yes' : 'none',
        enabled ? 'enabled' : 'disabled',
        ...figuresOf(model),
      ]),
    ),
  );
  explainPrices(
    terminal,
    providers.flatMap(({ models }) => models),
  );
  printDefault(terminal, defaults);
}

function printDefault(terminal: Terminal, models: readonly string[]): void {
  terminal.line(
    models.length === 0
      ? 'By default: what the settings of the installation say, or else the demo model.'
      : `By default: ${models.map(plainText).join(', then ')}`,
  );
}

/** Prices are for a million tokens. */
function figuresOf(model: OfferedModel): string[] {
  const told = (figure: number | null) => figure?.toLocaleString('en') ?? '–';
  const mark = model.priceFrom === 'catalogue' ? '*' : '';
  const { contextWindow, maxTokens, inputUsdPerMillion, outputUsdPerMillion } = model;
  const prices = [inputUsdPerMillion, outputUsdPerMillion].map((price) => told(price) + mark);
  return [told(contextWindow), told(maxTokens), ...prices];
}

function explainPrices(terminal: Terminal, models: readonly OfferedModel[]): void {
  if (models.some(({ priceFrom }) => priceFrom === 'catalogue'))
    terminal.line('* from the catalogue of this release, and may be out of date');
}
