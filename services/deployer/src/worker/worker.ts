import { serviceContext } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import PQueue from 'p-queue';
import type { DeployerConfig } from '../config.js';
import { DeploymentRepository, type Claim } from '../deployment.repository.js';
import { DeploymentLog } from '../logs/deployment-log.js';
import { LogFollower } from '../logs/log-follower.js';
import { LogRepository } from '../logs/log.repository.js';
import { Runtimes } from '../runtimes.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import { Keeper } from './keeper.js';
import { LeaseRepository } from './lease.repository.js';
import { OperationRunner } from './operation-runner.js';
import { Periodic } from '@aether/runtime/periodic';

const POLL_MS = 1_000;

interface Kept {
  readonly keeper: Keeper;
  /** Resolves when nothing of it is left to do and the lease is given back. */
  readonly done: Promise<void>;
}

/** Takes deployments that need looking after, a lease for each, and gives each to a keeper. */
@Injectable()
export class Worker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly holder = newId();
  private readonly kept = new Map<string, Kept>();
  private readonly slots: PQueue;
  private readonly claiming: Periodic;
  private readonly renewing: Periodic;
  private renewedAt = Date.now();
  private leaving = false;

  constructor(
    private readonly deployments: DeploymentRepository,
    private readonly leases: LeaseRepository,
    private readonly logs: LogRepository,
    private readonly log: DeploymentLog,
    private readonly runner: OperationRunner,
    private readonly runtimes: Runtimes,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: DeployerConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.slots = new PQueue({ concurrency: config.OPERATIONS_MAX });
    this.claiming = this.periodic(POLL_MS, () => this.claim());
    this.renewing = this.periodic((config.LEASE_S * 1_000) / 3, () => this.renew());
  }

  onApplicationBootstrap(): void {
    this.claiming.start();
    this.renewing.start();
  }

  /** Called after each commit that gives a deployment something to do. */
  wake(): void {
    this.claiming.wake();
    if (this.kept.size > 0) this.renewing.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await this.claiming.stop();
    this.leaving = true;
    for (const { keeper } of this.kept.values()) keeper.end();
    await Promise.all([...this.kept.values()].map(({ done }) => done));
    await this.renewing.stop();
  }

  private periodic(everyMs: number, work: () => Promise<void>): Periodic {
    return new Periodic({ everyMs, work, reportFault: (err) => this.logger.error({ err }, 'work failed') });
  }

  private async claim(): Promise<void> {
    for (const claim of await this.leases.claim(this.holder, this.config.LEASE_S)) await this.keep(claim);
  }

  private async keep(claim: Claim): Promise<void> {
    const deployment = await this.deployments.get(claim.id);
    if (!deployment) return;
    const { config, clock, deployments, log, logger, logs, runner, slots } = this;
    const runtime = this.runtimes.get(deployment.runtime);
    const reportFault = (err: unknown) =>
      logger.error({ err, deploymentId: claim.id }, 'following an output failed');
    const follower = new LogFollower({ deploymentId: claim.id, runtime, logs, log, reportFault });
    const keeper = new Keeper(claim, {
      deployments,
      runner,
      log,
      follower,
      runtime,
      slots,
      clock,
      config,
      logger,
    });
    const done = keeper
      .run()
      .then(() => this.letGo(claim, follower))
      .catch((err: unknown) =>
        logger.error({ err, deploymentId: claim.id }, 'letting go of a deployment failed'),
      );
    this.kept.set(claim.id, { keeper, done });
  }

  private async letGo(claim: Claim, follower: LogFollower): Promise<void> {
    try {
      if (this.leaving && this.config.STOP_AGENTS_ON_EXIT) await this.halt(claim);
      await follower.finish();
    } finally {
      if (this.kept.get(claim.id)?.keeper.claim.fence === claim.fence) this.kept.delete(claim.id);
      await this.leases.release(claim);
    }
    this.claiming.wake();
  }

  private async renew(): Promise<void> {
    const started = Date.now();
    // Only what has a keeper: a lease without one must run out, so that it is taken again.
    const known = [...this.kept];
    try {
      const ids = known.map(([id]) => id);
      const rows =
        ids.length === 0 ? [] : await this.leases.renew(this.holder, { ids, leaseS: this.config.LEASE_S });
      const held = new Map(rows.map((row) => [row.id, row]));
      this.renewedAt = started;
      for (const [id, { keeper }] of known) {
        const row = held.get(id);
        if (row?.fence === keeper.claim.fence) keeper.notice(row);
        else keeper.end();
      }
    } catch (error) {
      // Others may have taken over by now: what is not ours any more must not be worked on.
      if (started - this.renewedAt > this.config.LEASE_S * 1_000)
        for (const [, { keeper }] of known) keeper.end();
      throw error;
    }
  }

  /** Stops the agent without changing what is wanted: it is started again by the next holder. */
  private async halt(claim: Claim): Promise<void> {
    const { id } = claim;
    const deployment = await this.deployments.get(id);
    if (!deployment || deployment.leaseFence !== claim.fence || !deployment.wantsProcess) return;
    await this.runtimes.get(deployment.runtime).stop(id, this.config.EXIT_DRAIN_MAX_S * 1_000);
    if (deployment.isTransient) return;
    const context = serviceContext('deployer');
    await this.log.step(id, 'info', ['Aether stops, and the agent with it. Both start again together.']);
    await this.deployments.changeHeld({ ...claim, operationId: deployment.operationId, context }, (row) => {
      row.begin('start', { correlationId: context.correlationId, at: this.clock.now(), supervised: true });
      row.waitsFor = 'Aether to start again';
    });
  }
}
