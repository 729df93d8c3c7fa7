import { Permission } from '@aether/contracts/permissions';
import { Role } from '@aether/contracts/schemas';
import type { ApiKey } from '@aether/contracts/identity';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { listAll } from '../api-pages.js';
import { addCommand } from '../command-line.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { printTable } from '../view/table.js';

const DAY_MS = 86_400_000;
const id = z.uuid('give the id of a key; `npx aether keys` lists them');

/** `keys` and `key create|rotate|revoke`. */
export function addKeys(program: Command): void {
  addCommand(program, {
    usage: 'keys',
    summary: 'list API keys that can be used',
    examples: ['npx aether keys'],
    input: z.object({}),
    async run({ config, terminal }) {
      const all = await listAll(new Api(await requireTarget(config)), 'GET /api/v1/api-keys', {});
      const keys = all.filter(({ revokedAt }) => revokedAt === null);
      terminal.answer({ keys }, () =>
        printTable(
          terminal,
          ['KEY', 'NAME', 'BEGINS WITH', 'ROLE', 'SCOPES', 'ENDS', 'LAST USED'],
          keys.map((key) => [
            key.id,
            key.name,
            key.prefix,
            key.role,
            key.scopes?.join(' ') ?? 'all',
            key.expiresAt?.slice(0, 10) ?? 'never',
            key.lastUsedAt?.slice(0, 16).replace('T', ' ') ?? 'never',
          ]),
        ),
      );
    },
  });
  const group = program.command('key').description('make, rotate and revoke API keys');
  addCreate(group);
  addCommand(group, {
    usage: 'rotate <id>',
    summary: 'make a new key in place of an old one, which works on for an hour',
    flags: [['--overlap <seconds>', 'how long the old key works on (default: 3600)']],
    examples: ['npx aether key rotate <id>'],
    input: z.object({ id, overlap: z.coerce.number().int().min(0).default(3_600) }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const made = { id: input.id, overlapS: input.overlap };
      show(terminal, await api.call('POST /api/v1/api-keys/{id}/rotate', made));
    },
  });
  addCommand(group, {
    usage: 'revoke <id>',
    summary: 'end a key at once',
    examples: ['npx aether key revoke <id>'],
    input: z.object({ id }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const apiKey = await api.call('DELETE /api/v1/api-keys/{id}', input);
      terminal.answer({ apiKey }, () => terminal.line(`${apiKey.name} is revoked.`));
    },
  });
}

function addCreate(group: Command): void {
  addCommand(group, {
    usage: 'create <name>',
    summary: 'make a key; it is shown once',
    flags: [
      ['--role <role>', `one of: ${Role.options.join(', ')} (default: viewer)`],
      ['--scopes <list>', 'limit it to these permissions, such as `deployments:read,chats:write`'],
      ['--days <number>', 'when it ends (never where absent)'],
    ],
    examples: [
      'npx aether key create ci --role operator --scopes deployments:read,deployments:write --days 90',
    ],
    input: z.object({
      name: z.string().trim().min(1),
      role: Role.default('viewer'),
      scopes: z
        .string()
        .transform((text) => text.split(',').map((scope) => scope.trim()))
        .pipe(z.array(Permission))
        .optional(),
      days: z.coerce.number().positive().max(3_650).optional(),
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { name, role, scopes, days } = input;
      const expiresAt = days === undefined ? undefined : new Date(Date.now() + days * DAY_MS).toISOString();
      show(terminal, await api.call('POST /api/v1/api-keys', { name, role, scopes, expiresAt }));
    },
  });
}

function show(terminal: Terminal, { apiKey, key }: { apiKey: ApiKey; key: string }): void {
  terminal.answer({ apiKey, key }, () => {
    terminal.line(
      `${terminal.colours.green('✔')} ${apiKey.name} (${apiKey.role}). The key is shown only now:`,
    );
    terminal.line(`  ${key}`);
  });
}
