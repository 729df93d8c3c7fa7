import { runInContext, serviceContext, type Context } from '@aether/messaging/context';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import { LOGGER } from '../tokens.js';
import { AnswerPerson } from './answer-person.js';
import type { JasonJob } from './job.entity.js';
import { JobRepository } from './job.repository.js';
import { PlanMission } from './plan-mission.js';
import { ReportMission } from './report-mission.js';

/** Jobs at the same time in this process: they mostly wait for the model. */
const AT_ONCE = 8;
const LEASE_S = 15;
const RENEW_MS = 5_000;
/** A safety net: a job that was added here wakes the worker at once. */
const POLL_MS = 2_000;

/** Takes Jason's jobs one after another, several at a time, and keeps their leases while they run. */
@Injectable()
export class JasonWorker implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly running = new Map<Promise<void>, AbortController>();
  private readonly taking: Periodic;

  constructor(
    private readonly jobs: JobRepository,
    private readonly planMission: PlanMission,
    private readonly answerPerson: AnswerPerson,
    private readonly reportMission: ReportMission,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.taking = new Periodic({
      everyMs: POLL_MS,
      work: () => this.takeAll(),
      reportFault: (err) => this.logger.warn({ err }, 'jobs for Jason cannot be read now'),
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

  /** Looks for jobs now. */
  wake(): void {
    this.taking.wake();
  }

  private async takeAll(): Promise<void> {
    while (this.running.size < AT_ONCE) {
      const job = await this.jobs.take(LEASE_S);
      if (!job) return;
      this.begin(job);
    }
  }

  private begin(job: JasonJob): void {
    const abort = new AbortController();
    const work = this.run(job, abort).finally(() => {
      this.running.delete(work);
      this.wake();
    });
    this.running.set(work, abort);
  }

  private async run(job: JasonJob, abort: AbortController): Promise<void> {
    const renewing = setInterval(() => {
      this.jobs.renew(job, LEASE_S).then(
        (held) => held || abort.abort(),
        () => undefined,
      );
    }, RENEW_MS);
    const context: Context = { ...serviceContext('orchestrator'), correlationId: job.correlationId };
    try {
      await runInContext(context, () => this.perform(job, { context, signal: abort.signal }));
      if (abort.signal.aborted) await this.jobs.release(job);
      else await this.jobs.remove(job);
    } catch (error) {
      // Its lease runs out and the job is taken again.
      this.logger.warn({ err: error, jobId: job.id }, 'a job for Jason is left for another attempt');
    } finally {
      clearInterval(renewing);
    }
  }

  private async perform(job: JasonJob, { context, signal }: { context: Context; signal: AbortSignal }) {
    const { work } = job;
    if (work.kind === 'plan') await this.planMission.execute(work, { context, signal });
    else if (work.kind === 'report') await this.reportMission.execute(work, { context, signal });
    else await this.answerPerson.execute(work, { context, signal, again: job.taken > 1 });
  }
}
