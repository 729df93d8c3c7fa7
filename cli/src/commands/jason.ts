import type { JasonMessage } from '@aether/contracts/jason';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { askJason } from '../jason-answer.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';

const TIMEOUT_S = 900;

export function addJason(program: Command): void {
  addCommand(program, {
    usage: 'jason <text>',
    summary: 'talk with Jason, who plans missions; goes on with the last conversation',
    flags: [
      ['--new', 'begin a new conversation'],
      ['--timeout <seconds>', `how long to wait for the answer at most (default: ${TIMEOUT_S})`],
    ],
    examples: ['npx aether jason "mission: tidy the notes"', 'npx aether jason "status"'],
    input: z.object({
      text: z.string().trim().min(1),
      new: z.boolean().default(false),
      timeout: z.coerce.number().positive().default(TIMEOUT_S),
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const conversationId = await findConversation(api, input.new);
      const writer = new AnswerWriter(terminal);
      const answer = await askJason({
        api,
        conversationId,
        text: input.text,
        timeoutMs: input.timeout * 1_000,
        onAnswer: (message) => writer.show(message),
      });
      writer.end();
      const { text, actions, demo } = answer;
      terminal.answer({ answer: text, actions, demo, conversationId }, () => undefined);
    },
  });
}

async function findConversation(api: Api, fresh: boolean): Promise<string> {
  const { items } = fresh ? { items: [] } : await api.call('GET /api/v1/jason/conversations', { limit: 1 });
  const [last] = items;
  return last?.id ?? (await api.call('POST /api/v1/jason/conversations', {})).id;
}

/** Writes an answer as it comes, with what was done for it in between. */
class AnswerWriter {
  private written = 0;
  private acts = 0;

  constructor(private readonly terminal: Terminal) {}

  show({ text, actions }: JasonMessage): void {
    const { colours } = this.terminal;
    for (const { name } of actions.slice(this.acts)) this.terminal.line(colours.dim(`· ${name}`));
    this.acts = actions.length;
    this.terminal.write(plainText(text.slice(this.written)));
    this.written = Math.max(this.written, text.length);
  }

  end(): void {
    this.terminal.line();
  }
}
