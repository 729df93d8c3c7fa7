import { jasonEvents } from '@aether/contracts/jason';
import type { StateReason } from '@aether/contracts/mission-schemas';
import type { Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { answer } from './answer.js';
import { Capabilities } from './capabilities.js';
import { ConversationFeed } from './conversation-feed.js';
import { ConversationRepository } from './conversation.repository.js';
import { GrowingAnswer } from './growing-answer.js';
import type { JasonMessageRow } from './jason-message.entity.js';
import type { AnswerWork } from './job.entity.js';
import { modelFailed } from './model-failure.js';
import { ModelAccess } from './model-access.js';
import { Prompt } from './prompts.js';

const prompt = new Prompt('conversation.md', ['role', 'mission']);
/** Messages of the conversation that Jason is shown again. */
const HISTORY_MAX = 60;

const interrupted: StateReason = {
  code: 'interrupted',
  cause: 'Aether was restarted while Jason answered. What he had done by then is done.',
  remedy: 'Look at what he did, then say it again if something is missing.',
};

interface Given {
  readonly context: Context;
  readonly signal: AbortSignal;
  /** Somebody began this answer before and died. */
  readonly again: boolean;
}

/** Answers what a person said to Jason. */
@Injectable()
export class AnswerPerson {
  constructor(
    private readonly database: Database,
    private readonly messaging: Messaging,
    private readonly models: ModelAccess,
    private readonly capabilities: Capabilities,
    private readonly conversations: ConversationRepository,
    private readonly feed: ConversationFeed,
  ) {}

  async execute(work: AnswerWork, { context, signal, again }: Given): Promise<void> {
    const row = await this.conversations.message(work.messageId);
    if (!row?.isOpen) return;
    if (again && row.state === 'streaming') return this.finish(row, { reason: interrupted, context });
    const growing = new GrowingAnswer(row, this.conversations, this.feed);
    const reason = await this.answer(work, {
      growing,
      context,
      signal: AbortSignal.any([signal, growing.aborted]),
    });
    await growing.stop();
    // Stopped, or taken over by another instance, which ends it.
    if (!signal.aborted) await this.finish(row, { reason, context, aborted: growing.aborted.aborted });
  }

  private async answer(
    work: AnswerWork,
    { growing, context, signal }: { growing: GrowingAnswer; context: Context; signal: AbortSignal },
  ): Promise<StateReason | null> {
    const { row } = growing;
    try {
      const conversation = await this.conversations.find(work.conversationId);
      if (!conversation) return null;
      const history = await this.conversations.messagesFrom(conversation.id, {
        seq: Math.max(1, row.seq - HISTORY_MAX),
        limit: HISTORY_MAX,
      });
      const jason = await this.models.open(null);
      row.state = 'streaming';
      row.demo = jason.demo;
      await this.conversations.save(row);
      this.feed.message(row);
      const scope = {
        messaging: this.messaging,
        context: { ...context, actor: work.actor },
        key: row.id,
        missionId: conversation.missionId,
        about: (missionId: string) => this.conversations.setMission(conversation.id, missionId),
        capabilities: () => this.capabilities.known(context),
      };
      const instructions = prompt.render({
        role: work.actor.role ?? 'none',
        mission: conversation.missionId
          ? `This conversation is about the mission ${conversation.missionId}.`
          : 'This conversation is not about a mission yet.',
      });
      const earlier = history.filter(({ seq }) => seq < row.seq);
      return await answer(growing, { jason, instructions, history: earlier, scope, signal });
    } catch (error) {
      return signal.aborted ? null : modelFailed(error);
    }
  }

  private async finish(
    row: JasonMessageRow,
    { reason, context, aborted = false }: { reason: StateReason | null; context: Context; aborted?: boolean },
  ): Promise<void> {
    if (aborted) row.finish('aborted', null);
    else row.finish(reason ? 'failed' : 'complete', reason);
    const { conversationId, id: messageId } = row;
    const conversation = await this.conversations.find(conversationId);
    // Deleted in the meantime, with its messages.
    if (!conversation) return;
    await this.database.transaction(context, async (tx) => {
      await this.conversations.save(row, tx);
      await tx.publish(
        jasonEvents.jasonAnswered,
        { conversationId, messageId, state: row.state },
        conversation,
      );
      tx.afterCommit(() => this.feed.message(row));
    });
  }
}
