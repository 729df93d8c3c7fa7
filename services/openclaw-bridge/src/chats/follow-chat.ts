import { openclawRequests, type ChatFrame } from '@aether/contracts/openclaw';
import type { OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { ChatRepository } from './chat.repository.js';
import type { MessageRow } from './message.entity.js';
import { Turns } from './turns.js';

const contract = openclawRequests.followChat;
const ROUND = 200;

@Injectable()
export class FollowChat {
  constructor(
    private readonly chats: ChatRepository,
    private readonly turns: Turns,
  ) {}

  /** What a reader who has seen everything up to the cursor `<seq>:<offset>` lacks. */
  async execute(
    { id, after }: { id: string; after?: string },
    context: RequestContext<typeof contract>,
  ): Promise<OutputOf<typeof contract>> {
    if (!(await this.chats.find(id))) throw context.fail('chat_not_found');
    const { seq, offset } = readCursor(after, context);
    const rows = await this.chats.messagesFrom(id, { seq, limit: ROUND + 1 });
    const shown = rows.slice(0, ROUND).map((row) => this.upToDate(row));
    const entries = shown.map((row) => ({
      cursor: `${row.seq}:${row.text.length}`,
      data:
        row.seq === seq && row.isOpen
          ? rest(row, offset)
          : ({ kind: 'message', message: row.reply() } as const),
    }));
    return {
      entries,
      cursor: entries.at(-1)?.cursor ?? after ?? '0:0',
      more: rows.length > ROUND,
    };
  }

  /** The text of a running turn is ahead of its row. */
  private upToDate(row: MessageRow): MessageRow {
    const turn = row.isOpen ? this.turns.current(row.id) : undefined;
    if (turn) {
      row.text = turn.text;
      row.toolCalls = turn.toolCalls;
    }
    return row;
  }
}

/** The part of a growing text that was not seen yet. */
function rest(row: MessageRow, offset: number): ChatFrame {
  const from = Math.min(offset, row.text.length);
  return { kind: 'delta', messageId: row.id, seq: row.seq, offset: from, delta: row.text.slice(from) };
}

function readCursor(after: string | undefined, context: RequestContext<typeof contract>) {
  if (after === undefined) return { seq: 0, offset: 0 };
  const [, seq, offset] = /^(\d{1,9}):(\d{1,9})$/.exec(after) ?? [];
  if (seq === undefined)
    throw context.fail('invalid_input', {
      issues: [{ path: 'after', message: 'pass back a cursor unchanged' }],
    });
  return { seq: Number(seq), offset: Number(offset) };
}
