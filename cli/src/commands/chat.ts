import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { bringFiles } from '../bring-file.js';
import { runTurn, type Turn } from '../chat-turn.js';
import { addCommand } from '../command-line.js';
import { CommandError, usageError } from '../command-error.js';
import type { CliConfig } from '../config.js';
import { findChat, rememberChat, type FoundChat } from '../find-chat.js';
import { LineReader } from '../line-reader.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';
import { ReplyWriter } from '../view/reply-writer.js';

/** The longest turn the system lets an agent run. */
const TIMEOUT_S = 1_800;
const SHOWN_ON_ENTRY = 6;

export function addChat(program: Command): void {
  addCommand(program, {
    usage: 'chat <name> [text]',
    summary: 'talk to an agent, deployed or remote; without a text, a conversation',
    flags: [
      ['--attach <files...>', 'files that go with the text'],
      ['--new', 'begin a new chat instead of going on with the last one'],
      ['--timeout <seconds>', `how long to wait for the reply at most (default: ${TIMEOUT_S})`],
    ],
    examples: [
      'npx aether chat first "hello"',
      'npx aether chat first',
      'npx aether chat first "what is on this picture" --attach screen.png',
      'npx aether chat "Lab gateway/worker-b" "hello"',
      'npx aether chat first "hello" --json',
    ],
    input: z.object({
      name: z.string().trim().min(1),
      attach: z.array(z.string().min(1)).default([]),
      text: z.string().trim().min(1).optional(),
      new: z.boolean().default(false),
      timeout: z.coerce.number().positive().default(TIMEOUT_S),
    }),
    async run({ config, terminal, input }) {
      if (input.text === undefined && input.attach.length > 0)
        throw usageError(
          'Files go with a text.',
          `Use \`npx aether chat ${input.name} "text" --attach file\`.`,
        );
      if (input.text === undefined && !terminal.interactive)
        throw usageError('There is no text to send.', `Use \`npx aether chat ${input.name} "text"\`.`);
      const api = new Api(await requireTarget(config));
      const chat = await findChat(config, api, { name: input.name, fresh: input.new });
      const talk = new Conversation({
        config,
        terminal,
        api,
        chat,
        name: input.name,
        timeoutS: input.timeout,
      });
      if (input.text === undefined) return talk.run();
      const attachmentIds = await bringFiles(api, chat.chatId, input.attach);
      const { message, reply } = await talk.say(input.text, attachmentIds);
      terminal.answer(
        { reply: reply.text, chatId: chat.chatId, messages: [message, reply] },
        () => undefined,
      );
    },
  });
}

interface ConversationParts {
  readonly config: CliConfig;
  readonly terminal: Terminal;
  readonly api: Api;
  readonly chat: FoundChat;
  readonly name: string;
  readonly timeoutS: number;
}

class Conversation {
  private cursor: string | undefined;
  private running: AbortController | null = null;

  constructor(private readonly parts: ConversationParts) {
    this.cursor = parts.chat.cursor;
    process.on('SIGINT', () => this.interrupt());
  }

  /** One message and its reply, written as it comes. */
  async say(text: string, attachmentIds: readonly string[] = []): Promise<Turn> {
    const { terminal, api, chat, config, name, timeoutS } = this.parts;
    const writer = new ReplyWriter(terminal, name);
    this.running = new AbortController();
    try {
      const turn = await runTurn({
        api,
        chatId: chat.chatId,
        text,
        attachmentIds,
        after: this.cursor,
        timeoutMs: timeoutS * 1_000,
        signal: this.running.signal,
        onReply: (reply) => writer.reply(reply),
        onStatus: (phase) => writer.phaseIs(phase),
        onTool: (toolCall) => writer.tool(toolCall),
      });
      this.cursor = turn.cursor;
      return turn;
    } finally {
      writer.end();
      this.running = null;
      await rememberChat(config, { ...chat, cursor: this.cursor });
    }
  }

  /** Asks for lines until the person leaves. A turn that fails is told and does not end the conversation. */
  async run(): Promise<void> {
    const { terminal, name } = this.parts;
    const { bold, dim, cyan } = terminal.colours;
    terminal.line(`${bold(name)} ${dim('– Ctrl-C aborts a reply, Ctrl-D or /quit leaves')}`);
    await this.showRecent();
    const lines = new LineReader(cyan('you › '), () => (this.running ? this.interrupt() : lines.close()));
    for (let text = await lines.next(); text !== null; text = await lines.next()) {
      if (text.trim() === '/quit') break;
      if (text.trim() === '') continue;
      await this.say(text).catch((error: unknown) => terminal.fail(error));
      terminal.line();
    }
    lines.close();
  }

  private async showRecent(): Promise<void> {
    const { api, chat, terminal, name } = this.parts;
    if (chat.created) return;
    const query = { id: chat.chatId, limit: SHOWN_ON_ENTRY };
    const { items } = await api.call('GET /api/v1/chats/{id}/messages', query);
    for (const { role, text } of items.reverse())
      terminal.line(terminal.colours.dim(`${role === 'user' ? 'you' : name} › ${plainText(text)}`));
  }

  /** The first interruption aborts the reply, the next leaves. */
  private interrupt(): void {
    if (!this.running || this.running.signal.aborted) {
      process.exitCode = this.parts.terminal.fail(
        new CommandError({ code: 'interrupted', detail: 'Interrupted.', exitCode: 130 }),
      ).exitCode;
      process.exit();
    }
    this.running.abort();
  }
}
