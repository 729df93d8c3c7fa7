import { rm, stat } from 'node:fs/promises';
import { ContractFailure } from '@aether/contracts/failure';
import { missionsRequests } from '@aether/contracts/missions';
import { openclawRequests } from '@aether/contracts/openclaw';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import { Turnstile } from '../../git/turnstile.js';
import { CapsRepository } from '../../schedule/caps.repository.js';
import type { AttemptRow } from '../attempt.entity.js';
import { contextOf } from '../context.js';
import { Handover } from '../handover.js';
import { Places } from '../places.js';
import { reap } from '../reap.js';
import { SharedCopy } from '../shared-copy.js';
import type { Next, Step } from '../step.js';

/** That the task is no longer this attempt's is what an end is about. */
const OVER = new Set(['attempt_superseded', 'transition_not_allowed', 'task_not_found', 'mission_not_found']);

/** Ends an attempt in order: nothing of it runs on, its work is kept, its directory is gone, its task goes on. */
@Injectable()
export class Close implements Step {
  constructor(
    private readonly messaging: Messaging,
    private readonly places: Places,
    private readonly turnstile: Turnstile,
    private readonly handover: Handover,
    private readonly caps: CapsRepository,
    private readonly sharedCopy: SharedCopy,
  ) {}

  async run(attempt: AttemptRow): Promise<Next> {
    if (attempt.packet) {
      await this.stopTurn(attempt);
      if (attempt.directory) await this.clear(attempt, attempt.directory);
      await this.release(attempt);
    }
    return { kind: 'finished' };
  }

  private async stopTurn(attempt: AttemptRow): Promise<void> {
    if (!attempt.chatId || attempt.receipt) return;
    try {
      await this.messaging.call(openclawRequests.abortTurn, { id: attempt.chatId }, contextOf(attempt));
    } catch (error) {
      if (!(error instanceof ContractFailure) || error.code !== 'chat_not_found') throw error;
    }
  }

  private async clear(attempt: AttemptRow, agentDirectory: string): Promise<void> {
    const directory = this.places.directoryOf(attempt);
    for (const place of new Set([agentDirectory, directory])) await reap(place);
    const isThere = await stat(directory).then(
      () => true,
      () => false,
    );
    const hasBegun = attempt.chatId !== null;
    if (isThere && hasBegun && !attempt.receipt) await this.sharedCopy.takeBack(attempt);
    const repository = await this.places.repositoryOf(attempt.claimed.mission);
    if (!repository) {
      if (isThere && !attempt.receipt) await this.handover.files(attempt);
      await rm(directory, { recursive: true, force: true });
    } else {
      if (isThere && attempt.base) {
        const author = attempt.agent.name;
        const message = `Unfinished: ${attempt.claimed.task.title}\n\nAttempt: ${attempt.id}`;
        const commit = await this.places.worktreeOf(attempt).commitAll({ author, message });
        // Merged work is in the mission's branch; everything else would be lost with the worktree.
        const isKept =
          commit === attempt.base || (attempt.ending?.state === 'accepted' && commit === attempt.commit);
        attempt.commit ??= commit;
        if (!isKept) {
          attempt.rescueRef = this.places.rescueRefOf(attempt);
          await repository.keep(attempt.rescueRef, commit);
        }
      }
      const { branch } = attempt;
      if (branch)
        await this.turnstile.pass(`repository:${repository.directory}`, () =>
          repository.removeWorktree({ path: directory, branch }),
        );
    }
    await this.sharedCopy.remove(attempt);
    attempt.directory = null;
  }

  private async release(attempt: AttemptRow): Promise<void> {
    const { ending, taskId, id: attemptId, number: fence } = attempt;
    if (!ending?.release || !ending.reason) return;
    const { attemptsPerTask } = await this.caps.get();
    const isLast = attempt.claimed.task.attempts >= attemptsPerTask;
    const { outcome, lesson } = ending.release;
    try {
      await this.messaging.call(
        missionsRequests.releaseTask,
        { id: taskId, attemptId, fence, outcome: isLast ? 'failed' : outcome, reason: ending.reason, lesson },
        contextOf(attempt, 'release'),
      );
    } catch (error) {
      if (!(error instanceof ContractFailure) || !OVER.has(error.code)) throw error;
    }
  }
}
