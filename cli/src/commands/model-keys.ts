import type { VirtualKey } from '@aether/contracts/virtual-keys';
import type { Command } from 'commander';
import { z } from 'zod';
import { listAll } from '../api-pages.js';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';
import { printTable } from '../view/table.js';

const id = z.uuid('give the id of a key; `npx aether model-keys` lists them');
const deployment = z.string().trim().min(1);

/** `model-keys` and `model-key create|revoke`. */
export function addModelKeys(program: Command): void {
  addCommand(program, {
    usage: 'model-keys [deployment]',
    summary: 'keys by which agents and programs use models',
    flags: [['--ended', 'those that have ended as well']],
    examples: ['npx aether model-keys', 'npx aether model-keys first --ended'],
    input: z.object({ deployment: deployment.optional(), ended: z.boolean().default(false) }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const of = input.deployment === undefined ? {} : { deploymentId: await idOf(api, input.deployment) };
      const keys = await listAll(api, 'GET /api/v1/virtual-keys', { ...of, ended: input.ended });
      const names = new Map(
        (await listAll(api, 'GET /api/v1/deployments', {})).map((each) => [each.id, each.name]),
      );
      terminal.answer({ keys }, () => print(terminal, keys, names));
    },
  });
  const group = program.command('model-key').description('make and revoke keys for models');
  addCommand(group, {
    usage: 'create <deployment> <name>',
    summary: 'make one more key, whose calls count for a deployment or a remote gateway; it is shown once',
    examples: ['npx aether model-key create first nightly-script'],
    input: z.object({ deployment, name: z.string().trim().min(1).max(80) }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const deploymentId = await idOf(api, input.deployment);
      const made = await api.call('POST /api/v1/virtual-keys', { deploymentId, name: input.name });
      terminal.answer({ virtualKey: made.virtualKey, key: made.key, baseUrl: made.baseUrl }, () => {
        const { green } = terminal.colours;
        terminal.line(
          `${green('✔')} ${plainText(input.name)} for ${made.baseUrl}. The key is shown only now:`,
        );
        terminal.line(`  ${made.key}`);
      });
    },
  });
  addCommand(group, {
    usage: 'revoke <id>',
    summary: 'end a key at once; an agent gets another one when it is restarted',
    examples: ['npx aether model-key revoke <id>'],
    input: z.object({ id }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const virtualKey = await api.call('DELETE /api/v1/virtual-keys/{id}', input);
      terminal.answer({ virtualKey }, () =>
        terminal.line(
          virtualKey.name === null
            ? 'The key is revoked. Its agent can use no model until it is restarted: npx aether restart <name>'
            : `${plainText(virtualKey.name)} is revoked.`,
        ),
      );
    },
  });
}

/** A deployment by its name, or whatever a whole id stands for, such as a remote gateway. */
async function idOf(api: Api, wanted: string): Promise<string> {
  if (z.uuid().safeParse(wanted).success) return wanted;
  return (await api.call('GET /api/v1/deployments/{id}', { id: wanted })).id;
}

function print(terminal: Terminal, keys: readonly VirtualKey[], names: ReadonlyMap<string, string>): void {
  if (keys.length === 0) return terminal.line('No key is there.');
  printTable(
    terminal,
    ['KEY', 'OF', 'NAME', 'MADE', 'ENDS'],
    keys.map((key) => [
      key.id,
      plainText(names.get(key.deploymentId) ?? key.deploymentId),
      key.name === null ? "the agent's own" : plainText(key.name),
      key.createdAt.slice(0, 16).replace('T', ' '),
      key.endsAt?.slice(0, 16).replace('T', ' ') ?? 'never',
    ]),
  );
}
