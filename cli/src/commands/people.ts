import { Role } from '@aether/contracts/schemas';
import type { User } from '@aether/contracts/identity';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { listAll } from '../api-pages.js';
import { addCommand } from '../command-line.js';
import { CommandError } from '../command-error.js';
import { confirmed } from '../prompts.js';
import { requireTarget } from '../sign-in.js';
import { printTable } from '../view/table.js';

const roleHint = `one of: ${Role.options.join(', ')}`;
const stateOf = ({ disabledAt }: User) => (disabledAt ? 'disabled' : 'active');

/** `users`, `user role|disable|enable|delete` and `invite`. */
export function addPeople(program: Command): void {
  addCommand(program, {
    usage: 'users',
    summary: 'list people with their roles',
    examples: ['npx aether users'],
    input: z.object({}),
    async run({ config, terminal }) {
      const users = await listAll(new Api(await requireTarget(config)), 'GET /api/v1/users', {});
      terminal.answer({ users }, () =>
        printTable(
          terminal,
          ['E-MAIL', 'NAME', 'ROLE', 'STATE', 'SECOND FACTOR'],
          users.map((user) => [
            user.email,
            user.name,
            user.role,
            stateOf(user),
            user.secondFactor ? 'on' : 'off',
          ]),
        ),
      );
    },
  });
  addInvite(program);
  addUserCommands(program.command('user').description('change the account of a person'));
}

function addInvite(program: Command): void {
  addCommand(program, {
    usage: 'invite <email>',
    summary: 'invite a person by a link that works once',
    flags: [
      ['--role <role>', `what they may do, ${roleHint} (default: operator)`],
      ['--hours <number>', 'how long the link can be used (default: 72)'],
    ],
    examples: ['npx aether invite ada@example.org --role operator'],
    input: z.object({
      email: z.email(),
      role: Role.default('operator'),
      hours: z.coerce.number().int().min(1).max(720).default(72),
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { invitation, token } = await api.call('POST /api/v1/invitations', {
        email: input.email,
        role: input.role,
        validH: input.hours,
      });
      const link = `${api.target.url}/invite#token=${token}`;
      terminal.answer({ invitation, link }, () => {
        terminal.line(`${terminal.colours.green('✔')} ${input.email} is invited as ${input.role}.`);
        terminal.line('  Send them this link; it is shown only now and works once:');
        terminal.line(`  ${link}`);
      });
    },
  });
}

function addUserCommands(group: Command): void {
  const done = (user: User) => `${user.email}: ${user.role}, ${stateOf(user)}`;

  addCommand(group, {
    usage: 'role <email> <role>',
    summary: `change what a person may do, ${roleHint}`,
    examples: ['npx aether user role ada@example.org admin'],
    input: z.object({ email: z.email(), role: Role }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id } = await findUser(api, input.email);
      const user = await api.call('PATCH /api/v1/users/{id}', { id, role: input.role });
      terminal.answer({ user }, () => terminal.line(done(user)));
    },
  });
  for (const [verb, summary] of [
    ['disable', 'end the sessions and keys of a person, and let them in no more'],
    ['enable', 'let a disabled person in again'],
  ] as const)
    addCommand(group, {
      usage: `${verb} <email>`,
      summary,
      examples: [`npx aether user ${verb} ada@example.org`],
      input: z.object({ email: z.email() }),
      async run({ config, terminal, input }) {
        const api = new Api(await requireTarget(config));
        const { id } = await findUser(api, input.email);
        const user = await api.call(`POST /api/v1/users/{id}/${verb}`, { id });
        terminal.answer({ user }, () => terminal.line(done(user)));
      },
    });
  addCommand(group, {
    usage: 'delete <email>',
    summary: 'delete an account for good',
    flags: [['-y, --yes', 'do not ask']],
    examples: ['npx aether user delete ada@example.org'],
    input: z.object({ email: z.email(), yes: z.boolean().default(false) }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const user = await findUser(api, input.email);
      if (!input.yes && !(await confirmed(terminal, `Delete the account of ${user.email}?`)))
        throw new CommandError({ code: 'cancelled', detail: 'Cancelled; nothing was changed.' });
      await api.call('DELETE /api/v1/users/{id}', { id: user.id });
      terminal.answer({ user }, () => terminal.line(`${user.email} is deleted.`));
    },
  });
}

async function findUser(api: Api, email: string): Promise<User> {
  const users = await listAll(api, 'GET /api/v1/users', {});
  const user = users.find((candidate) => candidate.email === email.toLowerCase());
  if (user) return user;
  throw new CommandError({
    code: 'user_not_found',
    detail: `There is no account with the address ${email}.`,
    hint: '`npx aether users` lists them; `npx aether invite` makes one.',
  });
}
