import type { AttemptState } from '@aether/contracts/execution';
import { ContractFailure } from '@aether/contracts/failure';
import { missionsRequests } from '@aether/contracts/missions';
import { runInContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { RepositoryError } from '../git/repository.js';
import { PoolRepository } from '../pool/pool.repository.js';
import { CLOCK, LOGGER } from '../tokens.js';
import type { AttemptRow } from './attempt.entity.js';
import { AttemptRepository } from './attempt.repository.js';
import { contextOf } from './context.js';
import { abandon, fail, type Next, type Step } from './step.js';
import { Steps } from './steps.js';

/** Attempts that one instance brings forward at the same moment; those that wait for their agent do not count. */
const AT_ONCE = 16;
const LEASE_S = 15;
const RENEW_MS = 5_000;
/** A safety net: whatever happens to an attempt wakes the worker. */
const POLL_MS = 1_000;
const AGAIN_MS = 2_000;

/** Said by missions of an attempt whose task went on without it. */
const LOST = new Set(['attempt_superseded', 'transition_not_allowed', 'task_not_found', 'mission_not_found']);
/** In these an attempt has a deadline of its own. */
const HURRIED = new Set<AttemptState>([
  'preparing',
  'working',
  'asking',
  'collecting',
  'checking',
  'reporting',
]);

/** Brings attempts forward, step by step, under a lease; each step is stored before the next begins. */
@Injectable()
export class AttemptWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly running = new Map<Promise<void>, AbortController>();
  private readonly taking: Periodic;
  private readonly finished: (() => void)[] = [];

  constructor(
    private readonly attempts: AttemptRepository,
    private readonly steps: Steps,
    private readonly pool: PoolRepository,
    private readonly messaging: Messaging,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.taking = new Periodic({
      everyMs: POLL_MS,
      work: () => this.takeAll(),
      reportFault: (err) => this.logger.warn({ err }, 'attempts cannot be read now'),
    });
  }

  onApplicationBootstrap(): void {
    this.taking.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.taking.stop();
    for (const abort of this.running.values()) abort.abort();
    await Promise.all(this.running.keys());
  }

  /** Something has come up for an attempt. */
  wake(): void {
    this.taking.wake();
  }

  /** Calls back whenever an attempt frees its agent or its task. */
  onFreed(tell: () => void): void {
    this.finished.push(tell);
  }

  private async takeAll(): Promise<void> {
    while (this.running.size < AT_ONCE) {
      const attempt = await this.attempts.take(LEASE_S);
      if (!attempt) return;
      const abort = new AbortController();
      const work = this.hold(attempt, abort).finally(() => {
        this.running.delete(work);
        this.wake();
      });
      this.running.set(work, abort);
    }
  }

  private async hold(attempt: AttemptRow, abort: AbortController): Promise<void> {
    const renewing = setInterval(() => {
      this.attempts.renew(attempt, LEASE_S).then(
        (held) => {
          attempt.stop ??= held?.stop ?? null;
          if (!held || held.stop) abort.abort();
        },
        () => undefined,
      );
    }, RENEW_MS);
    try {
      const due = await runInContext(contextOf(attempt), () => this.advance(attempt, abort.signal));
      await this.attempts.release(attempt, due);
    } catch (error) {
      // Its lease runs out and the attempt is taken again, from the last step that was stored.
      this.logger.warn({ err: error, attemptId: attempt.id }, 'an attempt is left for another try');
    } finally {
      clearInterval(renewing);
    }
  }

  /** As far as it goes; when to look again. */
  private async advance(attempt: AttemptRow, signal: AbortSignal): Promise<Date | null> {
    while (!signal.aborted || attempt.stop) {
      const from = attempt.state;
      const next = await this.step(attempt, signal);
      if (next === 'later') return new Date(this.clock.now().getTime() + AGAIN_MS);
      this.apply(attempt, next);
      const isOver = attempt.finishedAt !== null;
      const held = await this.attempts.store(attempt, from, async (manager) => {
        if (isOver && attempt.packet) await this.pool.record(manager, recordOf(attempt));
      });
      if (!held) return null;
      if (isOver || from === 'accepting' || attempt.state === 'reviewing')
        for (const tell of this.finished) tell();
      if (isOver) return null;
      if (next.kind === 'wait') return earliest(next.until, attempt.deadlineAt);
    }
    return this.clock.now();
  }

  private async step(attempt: AttemptRow, signal: AbortSignal): Promise<Next | 'later'> {
    if (attempt.state !== 'closing') {
      if (attempt.stop && attempt.state !== 'reviewing') return abandon(attempt.stop);
      if (HURRIED.has(attempt.state) && attempt.deadlineAt && attempt.deadlineAt <= this.clock.now())
        return tooLate();
    }
    const step: Step = this.steps.of(attempt.state);
    try {
      return await step.run(attempt, signal);
    } catch (error) {
      if (signal.aborted) return 'later';
      if (attempt.state !== 'closing') {
        if (error instanceof RepositoryError) return this.holdMission(attempt, error);
        if (error instanceof ContractFailure && LOST.has(error.code))
          return abandon({ code: error.code, cause: error.message, remedy: error.hint });
      }
      this.logger.warn({ err: error, attemptId: attempt.id, state: attempt.state }, 'a step is tried again');
      return 'later';
    }
  }

  /** What is wrong with the repository is wrong for every attempt: the mission waits for a person. */
  private async holdMission(
    attempt: AttemptRow,
    { code, message, remedy, cause }: RepositoryError,
  ): Promise<Next | 'later'> {
    this.logger.info({ err: cause, missionId: attempt.missionId, code }, 'a mission is held');
    const reason = { code, cause: message, remedy };
    try {
      await this.messaging.call(
        missionsRequests.holdMission,
        { id: attempt.missionId, reason },
        contextOf(attempt, 'hold'),
      );
    } catch (error) {
      if (!(error instanceof ContractFailure) || !LOST.has(error.code)) return 'later';
    }
    return fail(reason);
  }

  private apply(attempt: AttemptRow, next: Next): void {
    attempt.waitsFor = next.kind === 'wait' ? next.for : null;
    if (next.kind === 'go') attempt.state = next.state;
    if (next.kind === 'end') {
      attempt.ending = next.ending;
      attempt.state = 'closing';
    }
    if (next.kind === 'finished') {
      attempt.state = attempt.ending?.state ?? 'abandoned';
      attempt.finishedAt = this.clock.now();
      attempt.deadlineAt = null;
    }
  }
}

function tooLate(): Next {
  const cause = 'The attempt took longer than allowed and was stopped.';
  return fail({ code: 'attempt_timeout', cause, remedy: 'Nothing: another attempt is made.' }, cause);
}

function recordOf({ agent, claimed, ending, receipt }: AttemptRow) {
  return {
    id: agent.id,
    accepted: ending?.state === 'accepted',
    requires: claimed.task.requires,
    costUsd: receipt?.costUsd ?? 0,
  };
}

function earliest(...dates: readonly (Date | null)[]): Date | null {
  const given = dates.filter((date) => date !== null).map((date) => date.getTime());
  return given.length > 0 ? new Date(Math.min(...given)) : null;
}
