import { setTimeout as delay } from 'node:timers/promises';
import type { StepFailure, StepName } from '@aether/contracts/deployer';
import type { Context } from '@aether/messaging/context';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import type { DeployerConfig } from '../config.js';
import { ForbiddenTransition, type Deployment } from '../deployment.entity.js';
import { ClaimLost, DeploymentRepository, type Claim } from '../deployment.repository.js';
import type { LogFollower } from '../logs/log-follower.js';
import { DeploymentLog } from '../logs/deployment-log.js';
import { plans } from '../operation-plan.js';
import { endedTooOften } from '../restart-policy.js';
import type { AgentRuntime, AgentStatus } from '../runtime.js';
import { HeldDeployment } from './held-deployment.js';
import { AllSteps } from '../steps/all-steps.js';
import type { Step, StepTools } from '../steps/step.js';
import { StepError, isPassing, notInTime, toStepFailure } from '../steps/step-error.js';
import { CLOCK, CONFIG } from '../tokens.js';

export interface OperationTask {
  readonly claim: Claim;
  readonly context: Context;
  readonly runtime: AgentRuntime;
  readonly follower: LogFollower;
  /** Aborted when the work is no longer ours or no longer wanted. */
  readonly signal: AbortSignal;
}

type Outcome = { detail: string | null } | { failure: StepFailure } | 'process_ended';

/** A step that was begun this often was interrupted by a crash each time, perhaps one it causes. */
const ATTEMPTS_MAX = 10;
/** Starts within one operation, where the process ends again before it is ready for use. */
const STARTS_MAX = 3;
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 5_000;
const OUTPUT_LINES_KEPT = 30;
const CLEAN_UP_DRAIN_MS = 5_000;
/** What stands still may be made anew in these, and its old output go with it. */
const REMAKES: readonly StepName[] = ['start', 'restore'];

/** Runs the steps of one operation from the first that is not done, until the last is or one has failed. */
@Injectable()
export class OperationRunner {
  constructor(
    private readonly deployments: DeploymentRepository,
    private readonly log: DeploymentLog,
    private readonly steps: AllSteps,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: DeployerConfig,
  ) {}

  async run(started: Deployment, task: OperationTask): Promise<void> {
    const held = new HeldDeployment(this.deployments, started, task);
    const { id, operation } = started;
    for (let next = started.nextStep; next && held.row.isTransient; next = held.row.nextStep) {
      const { name } = next;
      const lost = await this.lostProcess(held.row, name, task);
      if (lost === 'too_often')
        return this.giveUp(held, endedTooOften(`${STARTS_MAX} times before it was ready for use.`), task);
      if (lost) {
        await held.change((row) => row.rewind('start'));
        continue;
      }
      const step = this.steps.byName[name];
      const at = this.clock.now();
      const deadlineAt = new Date(at.getTime() + step.deadlineMs);
      await held.change((row) => row.startStep(name, { waitsFor: step.waitsFor, deadlineAt, at }));
      await this.log.step(id, 'step', [`${operation}: ${name}`]);
      if (REMAKES.includes(name)) await this.saveLastLines(id, task);
      const outcome =
        (held.row.nextStep?.attempt ?? 0) > ATTEMPTS_MAX
          ? { failure: interrupted(name) }
          : await this.attempt(step, name, { task, held });
      if (outcome === 'process_ended') continue;
      if ('failure' in outcome && this.mayMove(held.row, outcome.failure)) {
        await this.log.step(id, 'warn', [`${name}: ${outcome.failure.cause} Trying another port.`]);
        await held.change((row) => row.rewind('preflight'));
        continue;
      }
      if ('failure' in outcome) return this.giveUp(held, outcome.failure, task);
      if (outcome.detail) await this.log.step(id, 'info', [`${name}: ${outcome.detail}`]);
      await held.change((row) => row.finishStep(name, { detail: outcome.detail, at: this.clock.now() }));
    }
    await this.log.step(id, 'step', [`${operation}: ${held.row.state}`]);
  }

  private async saveLastLines(id: string, { runtime, follower }: OperationTask): Promise<void> {
    if ((await statusOf(id, runtime)).running) return;
    await follower.catchUp({ final: true }).catch(() => undefined);
  }

  /** Another program was faster after the port was chosen: preflight sees it by now and chooses another one. */
  private mayMove({ steps }: Deployment, { step, code }: StepFailure): boolean {
    const start = steps.find(({ name }) => name === 'start');
    return step === 'start' && code === 'port_taken' && (start?.attempt ?? 0) < STARTS_MAX;
  }

  /** Whether the process that an earlier step started is gone: it ended, or the machine was restarted. */
  private async lostProcess(
    deployment: Deployment,
    name: StepName,
    task: OperationTask,
  ): Promise<boolean | 'too_often'> {
    if (!deployment.isBehind(name, 'start')) return false;
    const { running, exit } = await statusOf(deployment.id, task.runtime);
    if (running) return false;
    const starts = deployment.steps.find((step) => step.name === 'start')?.attempt ?? 0;
    const text = `The agent's process has ended. ${exit ?? ''}`;
    await this.log.step(deployment.id, 'warn', [text]);
    return starts >= STARTS_MAX ? 'too_often' : true;
  }

  /** One step with its deadline; an error that may pass is tried again until then. */
  private async attempt(
    step: Step,
    name: StepName,
    { task, held }: { task: OperationTask; held: HeldDeployment },
  ): Promise<Outcome> {
    const overdue = AbortSignal.timeout(step.deadlineMs);
    const signal = AbortSignal.any([task.signal, overdue]);
    const tools: StepTools = {
      deployment: () => held.row,
      runtime: task.runtime,
      context: task.context,
      signal,
      tell: (text) => void this.tell(held, name, text).catch(() => undefined),
      save: (apply) => held.change(apply),
      takePort: (port) => held.takePort(port),
      reserveMemory: (memory) => held.reserve(memory),
    };
    let last: unknown;
    for (let pause = RETRY_FIRST_MS; ; pause = Math.min(pause * 2, RETRY_MAX_MS)) {
      try {
        return { detail: await untilAborted(step.run(tools), signal) };
      } catch (error) {
        task.signal.throwIfAborted();
        if (error instanceof ClaimLost || error instanceof ForbiddenTransition) throw error;
        const seconds = step.deadlineMs / 1_000;
        if (overdue.aborted) return { failure: notInTime(name, { seconds, waitsFor: step.waitsFor, last }) };
        const isStarted = held.row.isBehind(name, 'start');
        if (isStarted && !(await statusOf(task.claim.id, task.runtime)).running) return 'process_ended';
        if (!isPassing(error)) return { failure: toStepFailure(name, error) };
        if (messageOf(error) !== messageOf(last)) {
          await held.change((row) => row.noteStep(name, messageOf(error)));
          await this.log.step(task.claim.id, 'warn', [`${name}: ${messageOf(error)} Trying again.`]);
        }
        last = error;
        await delay(pause, undefined, { signal }).catch(() => undefined);
        task.signal.throwIfAborted();
      }
    }
  }

  private async tell(held: HeldDeployment, name: StepName, text: string): Promise<void> {
    await this.log.step(held.row.id, 'info', [`${name}: ${text}`]);
    await held.change((row) => row.noteStep(name, text));
  }

  private async giveUp(held: HeldDeployment, failure: StepFailure, task: OperationTask): Promise<void> {
    const { id, operation, supervised } = held.row;
    await task.follower.finish().catch(() => undefined);
    const output = failure.step === 'start' ? await this.log.lastOutput(id, OUTPUT_LINES_KEPT) : [];
    await this.log.step(id, 'error', [
      ...output.map((line) => `| ${line}`),
      `${failure.step}: ${failure.cause}`,
      `${failure.step}: ${failure.remedy}`,
    ]);
    // Before the row says "failed", so that who repairs it at once finds nothing of the old process.
    if (plans[operation].after === 'ready' && !held.row.previous)
      await task.runtime.stop(id, CLEAN_UP_DRAIN_MS).catch(() => undefined);
    const at = this.clock.now();
    await held.change((row) => {
      if (row.previous) row.rollBack(failure, { correlationId: task.context.correlationId, at });
      else if (supervised && failure.step === 'start')
        row.recordExit(failure.cause, {
          at,
          restartsMax: this.config.RESTARTS_MAX,
          correlationId: task.context.correlationId,
        });
      else row.fail(failure, at);
    });
  }
}

function interrupted(step: StepName): StepFailure {
  return toStepFailure(
    step,
    new StepError({
      code: 'interrupted_repeatedly',
      cause: `The step was interrupted ${ATTEMPTS_MAX} times before it could end.`,
      remedy: 'Find out why the deployer ends (memory, its own log), then try again.',
    }),
  );
}

/** While a runtime cannot say, an agent counts as running: the step itself finds out, and says why it cannot go on. */
async function statusOf(id: string, runtime: AgentRuntime): Promise<AgentStatus> {
  try {
    return await runtime.status(id);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return { running: true, exit: null };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A step that does not heed its signal does not hold up what comes after it. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true, signal: settled.signal });
  });
  return Promise.race([work, aborted]).finally(() => settled.abort());
}
