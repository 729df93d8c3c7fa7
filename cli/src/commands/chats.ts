import { Visibility } from '@aether/contracts/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { requireTarget } from '../sign-in.js';
import { plainText } from '../view/plain-text.js';
import { printTable } from '../view/table.js';

/** `chats list|search|share`: conversations with agents, those that one may see. */
export function addChats(program: Command): void {
  const group = program.command('chats').description('your chats: list them, search them, say who sees them');
  addCommand(group, {
    usage: 'list',
    summary: 'list the newest chats',
    examples: ['npx aether chats list'],
    input: z.object({}),
    async run({ config, terminal }) {
      const api = new Api(await requireTarget(config));
      const { items } = await api.call('GET /api/v1/chats', { limit: 50 });
      terminal.answer({ chats: items }, () =>
        printTable(
          terminal,
          ['CHAT', 'TITLE', 'AGENT', 'SEEN BY'],
          items.map(({ id, title, agentId, visibility }) => [
            id,
            plainText(title),
            agentId,
            visibility === 'open' ? 'all' : 'its person',
          ]),
        ),
      );
    },
  });
  addCommand(group, {
    usage: 'search <words>',
    summary: 'find messages that have all these words, or words that begin so',
    flags: [
      ['--chat <id>', 'in this chat alone'],
      ['--limit <count>', 'how many at most, 1 to 50 (default: 20)'],
    ],
    examples: ['npx aether chats search "payment timeout"', 'npx aether chats search refactor --json'],
    input: z.object({
      words: z.string().trim().min(1).max(200),
      chat: z.uuid().optional(),
      limit: z.coerce.number().int().min(1).max(50).default(20),
    }),
    async run({ config, terminal, input: { words: query, chat: chatId, limit } }) {
      const api = new Api(await requireTarget(config));
      const { items } = await api.call('GET /api/v1/messages', { query, limit, ...(chatId && { chatId }) });
      terminal.answer({ messages: items }, () => {
        const { bold, dim } = terminal.colours;
        if (items.length === 0) terminal.line('No message has these words.');
        for (const { chatId: id, chatTitle, seq, role, excerpt, createdAt } of items) {
          const who = role === 'user' ? 'you' : 'agent';
          terminal.line(`${bold(plainText(chatTitle))} ${dim(`${id} #${seq}, ${who}, ${createdAt}`)}`);
          terminal.line(`  ${plainText(excerpt)}`);
        }
      });
    },
  });
  addCommand(group, {
    usage: 'share <chat> <who>',
    summary: 'say who sees a chat: `open` to all, or `private` to its person',
    examples: ['npx aether chats share 0198c1d2-… open'],
    input: z.object({ chat: z.uuid(), who: Visibility }),
    async run({ config, terminal, input: { chat: id, who: visibility } }) {
      const api = new Api(await requireTarget(config));
      const chat = await api.call('PATCH /api/v1/chats/{id}', { id, visibility });
      terminal.answer({ chat }, () => terminal.line(`"${plainText(chat.title)}" is ${visibility} now.`));
    },
  });
}
