import type { StepFailure, StepName } from '@aether/contracts/deployer';
import { ContractFailure } from '@aether/contracts/failure';

export interface StepErrorFields {
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
  /** Trying again before the step's deadline may help. */
  readonly passing?: boolean;
}

/** Why a step cannot go on: what happened and what to do, in words for people. */
export class StepError extends Error {
  override readonly name = 'StepError';
  readonly code: string;
  readonly remedy: string;
  readonly passing: boolean;

  constructor(fields: StepErrorFields, options?: ErrorOptions) {
    super(fields.cause, options);
    this.code = fields.code;
    this.remedy = fields.remedy;
    this.passing = fields.passing ?? false;
  }
}

/**
 * A remedy with something else to do at its end: in the words of a deploy that is tried again, and not everything that
 * fails in this way was a deploy.
 */
export function thenInstead(remedy: string, act: string): string {
  return remedy.replace(/\b(t)hen try again\./iu, `$1hen ${act}.`);
}

/** Codes of another service's answer that say "not now" rather than "no". */
const PASSING_CODES = ['unavailable', 'timeout', 'overloaded', 'rate_limited'];

/** Faults of the machine, by the code Node gives them. */
const machineFaults: Readonly<Record<string, { code: string; cause: string; remedy: string }>> = {
  ENOSPC: {
    code: 'disk_full',
    cause: 'The disk is full.',
    remedy: 'Free some room on the disk of the data directory, then try again.',
  },
  EDQUOT: {
    code: 'disk_full',
    cause: 'The disk quota is used up.',
    remedy: 'Free some room on the disk of the data directory, then try again.',
  },
  EACCES: {
    code: 'no_permission',
    cause: 'A file may not be read or written.',
    remedy: 'Give the data directory to the user that Aether runs as, then try again.',
  },
  EROFS: {
    code: 'no_permission',
    cause: 'The data directory cannot be written to.',
    remedy: 'Move DATA_DIR to a disk that can be written to, then try again.',
  },
  ENOMEM: {
    code: 'no_memory',
    cause: 'The machine has no memory left for a new process.',
    remedy: 'Stop another agent or program, then try again.',
  },
  EAGAIN: {
    code: 'too_many_processes',
    cause: 'The machine allows no further process.',
    remedy: 'Stop other programs or raise the limit of processes, then try again.',
  },
  EMFILE: {
    code: 'too_many_files',
    cause: 'Too many files are open.',
    remedy: 'Raise the limit of open files (ulimit -n) for Aether, then try again.',
  },
  EADDRINUSE: {
    code: 'port_taken',
    cause: 'Another program took the port.',
    remedy: 'Repair the deployment: it then chooses another port.',
  },
};

export function isPassing(error: unknown): boolean {
  if (error instanceof StepError) return error.passing;
  return error instanceof ContractFailure && PASSING_CODES.includes(error.code);
}

/** Any error as step, code, cause and remedy. What is not known keeps its message as the cause. */
export function toStepFailure(step: StepName, error: unknown): StepFailure {
  if (error instanceof StepError)
    return { step, code: error.code, cause: error.message, remedy: error.remedy };
  if (error instanceof ContractFailure)
    return { step, code: error.code, cause: error.message, remedy: error.hint };
  const fault = machineFaultOf(error);
  if (fault)
    return { step, code: fault.code, cause: `${fault.cause} (${messageOf(error)})`, remedy: fault.remedy };
  return {
    step,
    code: 'unexpected',
    cause: messageOf(error),
    remedy:
      'Read the log of the deployment, then try again. If it fails in the same way, report this with the log.',
  };
}

/** A step whose deadline came. */
export function notInTime(
  step: StepName,
  { seconds, waitsFor, last }: { seconds: number; waitsFor: string; last: unknown },
): StepFailure {
  const known = last === undefined ? null : toStepFailure(step, last);
  return {
    step,
    code: known?.code ?? 'not_in_time',
    cause: `The step did not end within ${Math.round(seconds)} s while it waited for ${waitsFor}.${known ? ` Last: ${known.cause}` : ''}`,
    remedy: known?.remedy ?? 'Look at the load of the machine and at the log, then try again.',
  };
}

function machineFaultOf(error: unknown): (typeof machineFaults)[string] | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause)
    if ('code' in at && typeof at.code === 'string' && machineFaults[at.code]) return machineFaults[at.code];
  return undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
