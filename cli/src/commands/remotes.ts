import { GitRemoteKind, type GitRemote } from '@aether/contracts/remotes';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { listAll } from '../api-pages.js';
import { addCommand } from '../command-line.js';
import { CommandError } from '../command-error.js';
import { askPassword, readSecretFromStdin } from '../prompts.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';
import { printTable } from '../view/table.js';

const remoteName = z.string().trim().min(1);
const settings = {
  kind: GitRemoteKind.optional(),
  api: z.string().optional(),
  username: z.string().optional(),
  tokenStdin: z.boolean().default(false),
};
const settingFlags = [
  ['--kind <kind>', `for pull requests, one of: ${GitRemoteKind.options.join(', ')} (default: plain)`],
  ['--api <address>', 'of its API, where it is not the usual one of the kind'],
  ['--username <name>', 'that goes with the token (default: x-access-token)'],
  ['--token-stdin', 'read the token from standard input'],
] as const;

/** `remotes` and `remote add|set|remove`. */
export function addRemotes(program: Command): void {
  addCommand(program, {
    usage: 'remotes',
    summary: 'git servers that missions clone from and deliver to with a token',
    examples: ['npx aether remotes'],
    input: z.object({}),
    async run({ config, terminal }) {
      const remotes = await listAll(new Api(await requireTarget(config)), 'GET /api/v1/git-remotes', {});
      terminal.answer({ remotes }, () => print(terminal, remotes));
    },
  });
  const group = program.command('remote').description('add, change and remove git servers');
  addAdd(group);
  addSet(group);
  addCommand(group, {
    usage: 'remove <name>',
    summary: 'forget a git server and its token',
    examples: ['npx aether remote remove acme'],
    input: z.object({ name: remoteName }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id, name } = await found(api, input.name);
      await api.call('DELETE /api/v1/git-remotes/{id}', { id });
      terminal.answer({ removed: id }, () => terminal.line(`${name} and its token are removed.`));
    },
  });
}

function addAdd(group: Command): void {
  addCommand(group, {
    usage: 'add <name> <prefix>',
    summary: 'use a token for repositories whose address begins so',
    flags: settingFlags,
    examples: ['npx aether remote add acme https://github.com/acme/ --kind github'],
    input: z.object({ name: remoteName, prefix: z.string().trim().min(1), ...settings }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const remote = await api.call('POST /api/v1/git-remotes', {
        name: input.name,
        urlPrefix: input.prefix,
        kind: input.kind,
        apiUrl: input.api,
        username: input.username,
        token: input.tokenStdin ? await readSecretFromStdin() : await askToken(terminal),
      });
      terminal.answer({ remote }, () => print(terminal, [remote]));
    },
  });
}

function addSet(group: Command): void {
  addCommand(group, {
    usage: 'set <name>',
    summary: 'change a git server; where it leads elsewhere, its token is needed again',
    flags: [
      ['--prefix <address>', 'what addresses begin with'],
      ...settingFlags,
      ['--token', 'ask for another token'],
    ],
    examples: ['npx aether remote set acme --token'],
    input: z.object({
      name: remoteName,
      prefix: z.string().optional(),
      token: z.boolean().default(false),
      ...settings,
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await found(api, input.name);
      const remote = await api.call('PATCH /api/v1/git-remotes/{id}', {
        id,
        urlPrefix: input.prefix,
        kind: input.kind,
        apiUrl: input.api,
        username: input.username,
        ...(input.token && { token: await askToken(terminal) }),
        ...(input.tokenStdin && { token: await readSecretFromStdin() }),
      });
      terminal.answer({ remote }, () => print(terminal, [remote]));
    },
  });
}

function askToken(terminal: Terminal): Promise<string> {
  return askPassword({ terminal, flag: '--token-stdin', message: 'Token of the git server' });
}

async function found(api: Api, name: string): Promise<GitRemote> {
  const remotes = await listAll(api, 'GET /api/v1/git-remotes', {});
  const remote = remotes.find((each) => each.name === name || each.id === name);
  if (remote) return remote;
  throw new CommandError({
    code: 'git_remote_not_found',
    detail: `There is no remote "${name}".`,
    hint: 'List them with `npx aether remotes`.',
  });
}

function print(terminal: Terminal, remotes: readonly GitRemote[]): void {
  if (remotes.length === 0) {
    terminal.line('No git server is configured. Public repositories need none; for others:');
    return terminal.line('  npx aether remote add acme https://github.com/acme/ --kind github');
  }
  printTable(
    terminal,
    ['REMOTE', 'KIND', 'ADDRESSES', 'USER', 'API'],
    remotes.map(({ name, kind, urlPrefix, username, apiUrl }) => [
      name,
      kind,
      plainText(urlPrefix),
      plainText(username),
      plainText(apiUrl ?? '–'),
    ]),
  );
}
