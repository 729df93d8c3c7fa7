import { serviceContext } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { DeployerConfig } from '../config.js';
import type { Deployment } from '../deployment.entity.js';
import { DeploymentRepository } from '../deployment.repository.js';
import { DeploymentLog } from '../logs/deployment-log.js';
import { LogRepository } from '../logs/log.repository.js';
import { restingStates } from '../operation-plan.js';
import type { AgentRuntime, ListedAgent } from '../runtime.js';
import { Runtimes } from '../runtimes.js';
import { notInTime } from '../steps/step-error.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import { LeaseRepository } from './lease.repository.js';
import { Periodic } from '@aether/runtime/periodic';

const SWEEP_EVERY_MS = 5_000;
/** A keeper ends its steps itself; this is for one that hangs. */
const SWEEP_AFTER_S = 10;
const RECONCILE_EVERY_MS = 30_000;
const STRAY_DRAIN_MS = 10_000;
const DELETED_LOG_DAYS = 7;

/** Ends what waits too long, stops agents nobody wants, and forgets logs of what was deleted. */
@Injectable()
export class Upkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly holder = newId();
  private readonly sweeping: Periodic;
  private readonly reconciling: Periodic;

  constructor(
    private readonly database: Database,
    private readonly deployments: DeploymentRepository,
    private readonly leases: LeaseRepository,
    private readonly logs: LogRepository,
    private readonly log: DeploymentLog,
    private readonly runtimes: Runtimes,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: DeployerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const reportFault = (err: unknown) => this.logger.error({ err }, 'upkeep failed');
    this.sweeping = new Periodic({ everyMs: SWEEP_EVERY_MS, work: () => this.sweep(), reportFault });
    this.reconciling = new Periodic({
      everyMs: RECONCILE_EVERY_MS,
      work: () => this.reconcile(),
      reportFault,
    });
  }

  onApplicationBootstrap(): void {
    this.sweeping.start();
    this.reconciling.start();
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([this.sweeping.stop(), this.reconciling.stop()]);
  }

  private async sweep(): Promise<void> {
    for (const id of await this.leases.overdue(SWEEP_AFTER_S)) {
      const failed = await this.database.transaction(serviceContext('deployer'), (tx) =>
        this.deployments.change(tx, id, (row) => this.failOverdue(row)),
      );
      if (failed?.failure) await this.log.step(id, 'error', [failed.failure.cause, failed.failure.remedy]);
    }
  }

  private failOverdue(row: Deployment): boolean {
    const step = row.nextStep;
    const at = this.clock.now();
    if (!row.isTransient || !step || !row.deadlineAt || row.deadlineAt > at) return false;
    const since = Date.parse(step.startedAt ?? row.updatedAt.toISOString());
    const seconds = (at.getTime() - since) / 1_000;
    row.fail(notInTime(step.name, { seconds, waitsFor: row.waitsFor ?? 'its end', last: undefined }), at);
    return true;
  }

  private async reconcile(): Promise<void> {
    for (const runtime of this.runtimes.all) {
      const agents = await runtime.list();
      const rows = new Map((await this.deployments.all()).map((row) => [row.id, row]));
      for (const agent of agents) await this.settle({ runtime, ...agent }, rows.get(agent.id));
    }
    await this.logs.remove(await this.deployments.deletedBefore(DELETED_LOG_DAYS));
  }

  private async settle(
    { runtime, id, running, discardable }: ListedAgent & { readonly runtime: AgentRuntime },
    row: Deployment | undefined,
  ): Promise<void> {
    // Files that no row knows are kept: they may be somebody's work, and another database may know them.
    if (!row) {
      if (!discardable) return;
      this.logger.warn({ deploymentId: id }, 'an agent that no deployment knows is stopped');
      await runtime.discard(id);
    } else if (running ? restingStates.includes(row.state) : row.state === 'deleted') {
      await this.settleHeld(runtime, id);
    }
  }

  /** Under the deployment's lease, so that an operation that begins just now is not disturbed. */
  private async settleHeld(runtime: AgentRuntime, id: string): Promise<void> {
    const claim = await this.leases.claimOne(this.holder, {
      id,
      leaseS: this.config.LEASE_S + STRAY_DRAIN_MS / 1_000,
    });
    if (!claim) return;
    try {
      const row = await this.deployments.get(id);
      if (!row || !restingStates.includes(row.state)) return;
      this.logger.warn(
        { deploymentId: id, state: row.state },
        'an agent that should not be there is cleared away',
      );
      await (row.state === 'deleted' ? runtime.remove(id) : runtime.stop(id, STRAY_DRAIN_MS));
    } finally {
      await this.leases.release(claim);
    }
  }
}
