import { ContractFailure } from '@aether/contracts/failure';
import { missionsRequests } from '@aether/contracts/missions';
import { openclawRequests, type Message } from '@aether/contracts/openclaw';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import type { OrchestratorConfig } from '../../config.js';
import { CLOCK, CONFIG } from '../../tokens.js';
import type { AttemptRow } from '../attempt.entity.js';
import { AttemptRepository } from '../attempt.repository.js';
import { contextOf } from '../context.js';
import { answerToQuestion, instructions, questionIn } from '../instructions.js';
import { Places } from '../places.js';
import { fail, go, waitFor, type Next, type Step } from '../step.js';

/** The end of a turn comes as an event; this is for one that is lost. */
const LOOK_EVERY_MS = 15_000;

/** Has the agent take a turn in its directory, and waits for its end. */
@Injectable()
export class Work implements Step {
  constructor(
    private readonly messaging: Messaging,
    private readonly attempts: AttemptRepository,
    private readonly places: Places,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(attempt: AttemptRow): Promise<Next> {
    try {
      const reply = await this.replyTo(attempt);
      if (!reply?.finishedAt)
        return waitFor(attempt.agent.name, new Date(this.clock.now().getTime() + LOOK_EVERY_MS));
      attempt.question = await this.attempts.questionOf(attempt.id);
      return judge(reply, attempt.question);
    } catch (error) {
      if (
        error instanceof ContractFailure &&
        ['connection_not_found', 'agent_not_found'].includes(error.code)
      )
        return fail({
          code: 'agent_gone',
          cause: `${attempt.agent.name} is not there any more.`,
          remedy: 'Nothing: another agent is tried.',
        });
      throw error;
    }
  }

  private async replyTo(attempt: AttemptRow): Promise<Message | undefined> {
    attempt.messageId ??= attempt.id;
    if (attempt.chatId) {
      const input = { id: attempt.chatId, limit: 4 };
      const { items } = await this.messaging.call(openclawRequests.listMessages, input, contextOf(attempt));
      const reply = items.find(({ replyTo }) => replyTo === attempt.messageId);
      if (reply) return reply;
    }
    const id = (attempt.chatId ??= await this.openChat(attempt));
    const text =
      attempt.answer === null
        ? instructions(attempt, this.places.cloneUrlOf(attempt))
        : answerToQuestion(attempt.answer);
    const { messageId } = attempt;
    await this.messaging.call(
      openclawRequests.sendMessage,
      { id, text, messageId },
      contextOf(attempt, `send-${messageId}`),
    );
    attempt.answer = null;
    return undefined;
  }

  private async openChat(attempt: AttemptRow): Promise<string> {
    const { task, mission } = attempt.claimed;
    const { deploymentId, agentId } = attempt.agent;
    const directory = this.places.agentDirectoryOf(attempt);
    const chat = await this.messaging.call(
      openclawRequests.createChat,
      {
        deploymentId,
        agentId,
        missionId: mission.id,
        createdBy: attempt.createdBy,
        visibility: attempt.visibility,
        title: `${task.title} (attempt ${attempt.number})`.slice(0, 200),
        ...(directory !== null && { directory }),
        ...(mission.workspace.permissions === 'guarded' && { permissions: 'guarded' as const }),
      },
      contextOf(attempt, 'chat'),
    );
    return chat.id;
  }
}

/** Has a person answer what the agent asked, and passes the answer on. */
@Injectable()
export class Ask implements Step {
  constructor(
    private readonly messaging: Messaging,
    private readonly attempts: AttemptRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: OrchestratorConfig,
  ) {}

  async run(attempt: AttemptRow): Promise<Next> {
    if (attempt.answer !== null) {
      await this.attempts.putQuestion(attempt.id, null);
      attempt.question = null;
      attempt.messageId = newId();
      attempt.deadlineAt = this.in(this.config.ATTEMPT_DEADLINE_S);
      return go('working');
    }
    const deadlineAt =
      attempt.waitsFor === WAITS ? attempt.deadlineAt : this.in(this.config.QUESTION_DEADLINE_S);
    const { chatId, messageId, taskId, id: attemptId, number: fence } = attempt;
    if (!chatId || !deadlineAt) throw new Error('an attempt that asks has a chat and a deadline');
    const question = attempt.question ?? (await this.questionIn(attempt, chatId));
    await this.messaging.call(
      missionsRequests.askPerson,
      { id: taskId, attemptId, fence, question, deadlineAt: deadlineAt.toISOString() },
      contextOf(attempt, `ask-${messageId}`),
    );
    attempt.deadlineAt = deadlineAt;
    return waitFor(WAITS, deadlineAt);
  }

  private async questionIn(attempt: AttemptRow, chatId: string): Promise<string> {
    const input = { id: chatId, limit: 4 };
    const { items } = await this.messaging.call(openclawRequests.listMessages, input, contextOf(attempt));
    const reply = items.find(({ replyTo }) => replyTo === attempt.messageId);
    return questionIn(reply?.text ?? '') ?? 'How shall I go on?';
  }

  private in(seconds: number): Date {
    return new Date(this.clock.now().getTime() + seconds * 1_000);
  }
}

const WAITS = 'an answer by a person';

function judge(reply: Message, asked: string | null): Next {
  if (reply.state === 'complete')
    return go((asked ?? questionIn(reply.text)) === null ? 'collecting' : 'asking');
  const cause = reply.reason?.cause ?? 'The turn was aborted.';
  return fail(
    {
      code: reply.reason?.code ?? 'turn_aborted',
      cause: `The agent did not finish: ${cause}`,
      remedy: reply.reason?.remedy ?? 'Nothing: another attempt is made.',
    },
    `The attempt before yours did not finish: ${cause}`,
  );
}
