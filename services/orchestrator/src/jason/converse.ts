import { jasonEvents, jasonRequests, type Conversation, type JasonMessage } from '@aether/contracts/jason';
import type { InputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import type { PageBounds } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import { ConversationFeed } from './conversation-feed.js';
import { ConversationRepository } from './conversation.repository.js';
import { JasonWorker } from './jason-worker.js';
import { JobRepository } from './job.repository.js';

const { createConversation, deleteConversation, sayToJason } = jasonRequests;
type OfConversation = Refusing<'conversation_not_found'>;

/** Conversations of people with Jason. */
@Injectable()
export class Converse {
  constructor(
    private readonly database: Database,
    private readonly conversations: ConversationRepository,
    private readonly jobs: JobRepository,
    private readonly worker: JasonWorker,
    private readonly feed: ConversationFeed,
  ) {}

  async create(
    input: InputOf<typeof createConversation>,
    context: RequestContext<typeof createConversation>,
  ): Promise<Conversation> {
    requirePermission(context, 'missions:read');
    return this.database.once({ contract: createConversation, input, context }, async (tx) => {
      const { title = 'Conversation with Jason', missionId } = input;
      const row = await this.conversations.create(tx, { title, missionId });
      await tx.publish(jasonEvents.conversationCreated, { conversationId: row.id, missionId }, row);
      return row.reply();
    });
  }

  async list(
    query: InputOf<typeof jasonRequests.listConversations>,
    context: RequestContext<typeof jasonRequests.listConversations>,
  ) {
    const page = await this.conversations.list(context.actor, query);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async get(id: string, context: OfConversation): Promise<Conversation> {
    const row = await this.conversations.findOf(context.actor, id);
    if (!row) throw context.fail('conversation_not_found');
    return row.reply();
  }

  async remove(
    input: InputOf<typeof deleteConversation>,
    context: RequestContext<typeof deleteConversation>,
  ): Promise<Conversation> {
    return this.database.once({ contract: deleteConversation, input, context }, async (tx) => {
      const conversation = await this.get(input.id, context);
      await this.conversations.remove(tx, input.id);
      return conversation;
    });
  }

  async messages({ id, ...bounds }: PageBounds & { id: string }, context: OfConversation) {
    await this.get(id, context);
    const page = await this.conversations.messages(id, bounds);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async say(
    input: InputOf<typeof sayToJason>,
    context: RequestContext<typeof sayToJason>,
  ): Promise<JasonMessage> {
    const { actor } = context;
    return this.database.once({ contract: sayToJason, input, context }, async (tx) => {
      if (!(await this.conversations.findOf(actor, input.id))) throw context.fail('conversation_not_found');
      const exchange = await this.conversations.say(tx, input);
      if (!exchange) throw context.fail('jason_busy');
      const { said, answer } = exchange;
      await this.jobs.add(tx, { kind: 'answer', conversationId: input.id, messageId: answer.id, actor });
      tx.afterCommit(() => {
        this.feed.message(said);
        this.feed.message(answer);
        this.worker.wake();
      });
      return said.reply();
    });
  }

  async abort(
    { id }: InputOf<typeof jasonRequests.abortJason>,
    context: RequestContext<typeof jasonRequests.abortJason>,
  ): Promise<{ aborted: boolean }> {
    if (!(await this.conversations.findOf(context.actor, id))) throw context.fail('conversation_not_found');
    const open = await this.conversations.openAnswer(id);
    if (open) await this.conversations.requestAbort(open.id);
    return { aborted: open !== null };
  }
}
