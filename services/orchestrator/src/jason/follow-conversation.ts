import type { OutputOf } from '@aether/contracts/contract';
import type { JasonFrame, jasonRequests } from '@aether/contracts/jason';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { ConversationRepository } from './conversation.repository.js';

type Contract = typeof jasonRequests.followConversation;
const ROUND = 100;

@Injectable()
export class FollowConversation {
  constructor(private readonly conversations: ConversationRepository) {}

  /** What a reader who has seen everything up to the cursor `<seq>:<offset>` lacks. The last row may have grown. */
  async execute(
    { id, after }: { id: string; after?: string },
    context: RequestContext<Contract>,
  ): Promise<OutputOf<Contract>> {
    if (!(await this.conversations.findOf(context.actor, id))) throw context.fail('conversation_not_found');
    const seq = readSeq(after, context);
    const rows = await this.conversations.messagesFrom(id, { seq, limit: ROUND + 1 });
    const entries = rows.slice(0, ROUND).map((row) => ({
      cursor: `${row.seq}:${row.text.length}`,
      data: { kind: 'message', message: row.reply() } satisfies JasonFrame,
    }));
    return { entries, cursor: entries.at(-1)?.cursor ?? after ?? '0:0', more: rows.length > ROUND };
  }
}

function readSeq(after: string | undefined, context: RequestContext<Contract>): number {
  if (after === undefined) return 0;
  const [, seq] = /^(\d{1,9}):\d{1,9}$/.exec(after) ?? [];
  if (seq === undefined)
    throw context.fail('invalid_input', {
      issues: [{ path: 'after', message: 'pass back a cursor unchanged' }],
    });
  return Number(seq);
}
