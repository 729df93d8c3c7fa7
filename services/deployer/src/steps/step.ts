import type { StepName } from '@aether/contracts/deployer';
import type { Context } from '@aether/messaging/context';
import type { Deployment } from '../deployment.entity.js';
import type { AgentRuntime } from '../runtime.js';

/** What a step is given to work with. */
export interface StepTools {
  /** The deployment as it is now. */
  deployment(): Deployment;
  readonly runtime: AgentRuntime;
  /** The story this belongs to, for calls to others. */
  readonly context: Context;
  /** Aborted at the deadline, when another operation begins, and when the service stops. */
  readonly signal: AbortSignal;
  /** Tells how far the step is: in the step's detail and in the log. */
  readonly tell: (text: string) => void;
  /** Stores something the step found out. Refused when the operation is no longer ours. */
  save(change: (deployment: Deployment) => void): Promise<void>;
  /** Takes a port for this deployment; false where another deployment has just taken it. */
  takePort(port: number): Promise<boolean>;
  /** Keeps memory for this agent until it is ready; false where others keep too much. */
  reserveMemory(memory: { neededMb: number; availableMb: number }): Promise<boolean>;
}

export interface Step {
  /** Completes "waits for ...". */
  readonly waitsFor: string;
  readonly deadlineMs: number;
  /** Does the work and says what came of it. Runs again after a crash, and while its error is a passing one. */
  run(tools: StepTools): Promise<string | null>;
}

export type Steps = Readonly<Record<StepName, Step>>;
