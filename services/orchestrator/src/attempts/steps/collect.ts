import { missionsRequests } from '@aether/contracts/missions';
import type { Receipt } from '@aether/contracts/mission-schemas';
import { openclawRequests } from '@aether/contracts/openclaw';
import { Messaging } from '@aether/messaging/messaging';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK } from '../../tokens.js';
import type { AttemptRow } from '../attempt.entity.js';
import { contextOf } from '../context.js';
import { Handover } from '../handover.js';
import { Places } from '../places.js';
import { SharedCopy } from '../shared-copy.js';
import { fail, go, type Next, type Step } from '../step.js';

const FILES_MAX = 2_000;
const SUMMARY_MAX = 20_000;

/** Commits what the agent left, and begins the receipt: what changed and what it used. */
@Injectable()
export class Collect implements Step {
  constructor(
    private readonly messaging: Messaging,
    private readonly places: Places,
    private readonly handover: Handover,
    private readonly sharedCopy: SharedCopy,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async run(attempt: AttemptRow): Promise<Next> {
    const { mission } = attempt.claimed;
    await this.sharedCopy.takeBack(attempt);
    const repository = await this.places.repositoryOf(mission);
    const files: Receipt['files'] = [];
    let cleanTree = true;
    if (repository && attempt.base) {
      const worktree = this.places.worktreeOf(attempt);
      const marked = attempt.conflictingCommit ? await worktree.markersLeft() : [];
      if (marked.length > 0) return unresolved(marked);
      attempt.commit = await worktree.commitAll({ author: attempt.agent.name, message: messageOf(attempt) });
      cleanTree = await worktree.isClean();
      files.push(...(await repository.changes(attempt.base, attempt.commit)).slice(0, FILES_MAX));
    } else {
      files.push(...(await this.handover.files(attempt)));
    }
    const usage = await this.usageOf(attempt);
    attempt.receipt = {
      attemptId: attempt.id,
      agentName: attempt.agent.name,
      summary: await this.summaryOf(attempt),
      base: attempt.base,
      commit: attempt.commit,
      cleanTree,
      files,
      checks: [],
      ...usage,
      startedAt: attempt.createdAt.toISOString(),
      finishedAt: this.clock.now().toISOString(),
      mergeCommit: null,
    };
    await this.messaging.call(
      missionsRequests.recordSpend,
      { id: attempt.missionId, ...usage },
      contextOf(attempt, 'spend'),
    );
    return go('checking');
  }

  private async summaryOf({ chatId, messageId, ...attempt }: AttemptRow): Promise<string> {
    if (!chatId) return '';
    const input = { id: chatId, limit: 4 };
    const { items } = await this.messaging.call(openclawRequests.listMessages, input, contextOf(attempt));
    return items.find(({ replyTo }) => replyTo === messageId)?.text.slice(0, SUMMARY_MAX) ?? '';
  }

  /** The gateway may be away just now; then it is asked again, for the figures are part of the proof. */
  private async usageOf(attempt: AttemptRow): Promise<{ tokens: number; costUsd: number }> {
    if (!attempt.chatId) return { tokens: 0, costUsd: 0 };
    return this.messaging.call(openclawRequests.getChatUsage, { id: attempt.chatId }, contextOf(attempt));
  }
}

function messageOf({ claimed: { task, mission }, id }: AttemptRow): string {
  return `${task.title}\n\nMission: ${mission.title}\nTask: ${task.key}\nAttempt: ${id}`;
}

function unresolved(files: readonly string[]): Next {
  const cause = `Conflict markers are left in ${files.slice(0, 5).join(', ')}.`;
  return fail(
    { code: 'conflict_unresolved', cause, remedy: 'Nothing: another attempt is made.' },
    `${cause} Resolve all of them.`,
  );
}
