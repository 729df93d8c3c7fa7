import type { StepFailure } from '@aether/contracts/deployer';

const WITHIN_MS = 10 * 60_000;
/** Waits before the first, second and every further restart of a process that ended by itself. */
const PAUSES_MS = [1_000, 5_000, 15_000] as const;

export interface PlannedRestart {
  /** Times of the restarts that count, this one included. */
  readonly restarts: string[];
  readonly notBefore: Date;
}

/** When a process that has just ended may start again; null where it was restarted too often within 10 minutes. */
export function planRestart(
  restarts: readonly string[],
  { at, restartsMax }: { at: Date; restartsMax: number },
): PlannedRestart | null {
  const recent = restarts.filter((time) => at.getTime() - Date.parse(time) < WITHIN_MS);
  if (recent.length >= restartsMax) return null;
  const pauseMs = PAUSES_MS[recent.length] ?? PAUSES_MS[2];
  return { restarts: [...recent, at.toISOString()], notBefore: new Date(at.getTime() + pauseMs) };
}

/** `how` completes "The agent's process ended ...". */
export function endedTooOften(how: string): StepFailure {
  return {
    step: 'start',
    code: 'exits_repeatedly',
    cause: `The agent's process ended ${how}`,
    remedy: 'Read the last lines of its log, mend what they name, then try again.',
  };
}
