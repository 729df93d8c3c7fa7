import { setTimeout as delay } from 'node:timers/promises';
import type { DeploymentState, StepFailure } from '@aether/contracts/deployer';
import { runInContext, serviceContext, type Context } from '@aether/messaging/context';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import type PQueue from 'p-queue';
import type { DeployerConfig } from '../config.js';
import { ForbiddenTransition, type Deployment } from '../deployment.entity.js';
import { ClaimLost, type Claim, type DeploymentRepository, type Hold } from '../deployment.repository.js';
import type { DeploymentLog } from '../logs/deployment-log.js';
import type { LogFollower } from '../logs/log-follower.js';
import { plans, restingStates } from '../operation-plan.js';
import type { AgentRuntime } from '../runtime.js';
import type { OperationRunner } from './operation-runner.js';

export interface KeeperParts {
  readonly deployments: DeploymentRepository;
  readonly runner: OperationRunner;
  readonly log: DeploymentLog;
  readonly follower: LogFollower;
  readonly runtime: AgentRuntime;
  /** Bounds how many agents are made or started at once. */
  readonly slots: PQueue;
  readonly clock: Clock;
  readonly config: DeployerConfig;
  readonly logger: Logger;
}

const LOOK_EVERY_MS = 1_000;
const AFTER_FAULT_MS = 1_000;

/** Looks after one deployment while its lease is held: runs its operations, and watches its process. */
export class Keeper {
  private readonly ended = new AbortController();
  /** Aborted when the row says something else than what is being worked on. */
  private interrupt = new AbortController();
  private seen: { operationId: string; state: DeploymentState } | null = null;

  constructor(
    readonly claim: Claim,
    private readonly parts: KeeperParts,
  ) {}

  /** Resolves when the deployment rests, or when this keeper was stopped. */
  async run(): Promise<void> {
    const following = this.parts.follower.run(this.ended.signal);
    while (!this.ended.signal.aborted) {
      try {
        if (!(await this.turn())) break;
      } catch (error) {
        // Another operation or another holder: the next turn sees which.
        const expected =
          error instanceof ClaimLost || error instanceof ForbiddenTransition || this.interrupt.signal.aborted;
        if (expected || this.ended.signal.aborted) continue;
        this.parts.logger.error(
          { err: error, deploymentId: this.claim.id },
          'looking after a deployment failed',
        );
        await delay(AFTER_FAULT_MS, undefined, { signal: this.ended.signal }).catch(() => undefined);
      }
    }
    this.end();
    await following;
  }

  /** Told of the row at each renewal; what contradicts the work at hand interrupts it. */
  notice(row: { operationId: string; state: DeploymentState }): void {
    const { seen } = this;
    if (
      seen &&
      (seen.operationId !== row.operationId || (seen.state !== row.state && this.isNews(row.state)))
    )
      this.interrupt.abort(new ClaimLost('the deployment was changed'));
  }

  /** Ends the work at hand as soon as it heeds it. What was begun is finished by the next holder. */
  end(): void {
    this.ended.abort(new ClaimLost('the deployer stops looking after this deployment'));
  }

  /** A step that ends changes the state too; only what this keeper did not do itself is news. */
  private isNews(state: DeploymentState): boolean {
    return restingStates.includes(state) || state === 'ready' || state === 'degraded';
  }

  private async turn(): Promise<boolean> {
    const { id, fence } = this.claim;
    this.interrupt = new AbortController();
    const deployment = await this.parts.deployments.get(id);
    if (!deployment || deployment.leaseFence !== fence || restingStates.includes(deployment.state))
      return false;
    this.seen = { operationId: deployment.operationId, state: deployment.state };
    const signal = AbortSignal.any([this.ended.signal, this.interrupt.signal]);
    const context: Context = { ...serviceContext('deployer'), correlationId: deployment.correlationId };
    await runInContext(context, () =>
      deployment.isTransient
        ? this.operate(deployment, context, signal)
        : this.watch(deployment, context, signal),
    );
    return true;
  }

  private async operate(deployment: Deployment, context: Context, signal: AbortSignal): Promise<void> {
    const { clock, follower, runner, runtime, slots } = this.parts;
    const pauseMs = (deployment.notBefore?.getTime() ?? 0) - clock.now().getTime();
    if (pauseMs > 0) await delay(pauseMs, undefined, { signal });
    const work = () => runner.run(deployment, { claim: this.claim, context, runtime, follower, signal });
    // What ends an agent frees memory, so it waits for nobody.
    await (plans[deployment.operation].after === 'ready' ? slots.add(work, { signal }) : work());
  }

  private async watch(deployment: Deployment, context: Context, signal: AbortSignal): Promise<void> {
    const { clock, deployments, runtime } = this.parts;
    const hold = { ...this.claim, operationId: deployment.operationId, context };
    for (;;) {
      const { running, exit, lost } = await runtime.status(deployment.id);
      if (lost) return this.markLost(hold, exit);
      if (!running) return this.restart(hold, exit);
      const at = clock.now();
      if (deployment.state === 'degraded' && deployment.deadlineAt && deployment.deadlineAt < at) {
        await this.parts.log.step(deployment.id, 'warn', [
          'The connection did not come back: the agent is restarted.',
        ]);
        await deployments.changeHeld(hold, (row) =>
          row.begin('restart', { correlationId: context.correlationId, at, supervised: true }),
        );
        return;
      }
      await delay(LOOK_EVERY_MS, undefined, { signal });
    }
  }

  private async markLost(hold: Hold, exit: string | null): Promise<void> {
    const { clock, deployments, log } = this.parts;
    const failure: StepFailure = {
      step: 'start',
      code: 'lost',
      cause: exit ?? 'What the agent ran in is gone.',
      remedy: 'Repair the deployment: it is made again on the state it had.',
    };
    await log.step(hold.id, 'error', [failure.cause, failure.remedy]);
    await deployments.changeHeld(hold, (deployment) => deployment.fail(failure, clock.now()));
  }

  private async restart(hold: Hold, exit: string | null): Promise<void> {
    const { clock, config, deployments, follower, log } = this.parts;
    await follower.catchUp({ final: true });
    const cause = exit ?? 'How it ended is not known.';
    const row = await deployments.changeHeld(hold, (deployment) =>
      deployment.recordExit(cause, {
        at: clock.now(),
        restartsMax: config.RESTARTS_MAX,
        correlationId: hold.context.correlationId,
      }),
    );
    const next = row.failure ? [row.failure.cause, row.failure.remedy] : [`It waits for ${row.waitsFor}`];
    await log.step(hold.id, 'error', [`The agent's process has ended. ${cause}`, ...next]);
  }
}
