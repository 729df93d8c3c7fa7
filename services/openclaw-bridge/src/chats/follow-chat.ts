import type { ChatFrame, openclawRequests } from '@aether/contracts/openclaw';
import type { OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { ChatRepository } from './chat.repository.js';
import { fitting, type MessageRow } from './message.entity.js';
import { OpenTurns } from './open-turns.js';

type Contract = typeof openclawRequests.followChat;
const ROUND = 200;

@Injectable()
export class FollowChat {
  constructor(
    private readonly chats: ChatRepository,
    private readonly turns: OpenTurns,
  ) {}

  /** What a reader who has seen everything up to the cursor `<seq>:<offset>` lacks. */
  async execute(
    { id, after }: { id: string; after?: string },
    context: RequestContext<Contract>,
  ): Promise<OutputOf<Contract>> {
    if (!(await this.chats.findFor(context.actor, id))) throw context.fail('chat_not_found');
    const { seq, offset } = readCursor(after, context);
    const rows = await this.chats.messagesFrom(id, { seq, limit: ROUND + 1 });
    const shown = fitting(rows.slice(0, ROUND));
    const entries = shown.flatMap((row) => {
      const turn = this.turns.refresh(row);
      const frames =
        turn && row.seq === seq
          ? rest(row, Math.min(offset, turn.stableLength))
          : [{ kind: 'message', message: row.reply() } as const];
      return frames.map((data) => ({ cursor: `${row.seq}:${row.text.length}`, data }));
    });
    return {
      entries,
      cursor: entries.at(-1)?.cursor ?? after ?? '0:0',
      more: rows.length > shown.length,
    };
  }
}

/** What was not seen yet of a growing reply; its tools are told again, since a cursor does not count them. */
function rest(row: MessageRow, offset: number): ChatFrame[] {
  const { id: messageId, seq, text, toolCalls } = row;
  return [
    ...toolCalls.map((toolCall): ChatFrame => ({ kind: 'tool', messageId, seq, toolCall })),
    { kind: 'delta', messageId, seq, offset, delta: text.slice(offset) },
  ];
}

function readCursor(after: string | undefined, context: RequestContext<Contract>) {
  if (after === undefined) return { seq: 0, offset: 0 };
  const [, seq, offset] = /^(\d{1,9}):(\d{1,9})$/.exec(after) ?? [];
  if (seq === undefined)
    throw context.fail('invalid_input', {
      issues: [{ path: 'after', message: 'pass back a cursor unchanged' }],
    });
  return { seq: Number(seq), offset: Number(offset) };
}
