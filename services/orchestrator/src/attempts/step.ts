import type { AttemptState } from '@aether/contracts/execution';
import type { StateReason } from '@aether/contracts/mission-schemas';
import type { AttemptRow, Ending } from './attempt.entity.js';

/** What comes after a step: the next state, a wait for something from outside, or the end of the attempt. */
export type Next =
  | { readonly kind: 'go'; readonly state: AttemptState }
  | { readonly kind: 'wait'; readonly for: string; readonly until: Date | null }
  | { readonly kind: 'end'; readonly ending: Ending }
  | { readonly kind: 'finished' };

/** What is done in one state. Done again after a crash it must not do harm; it changes the row it is given. */
export interface Step {
  run(attempt: AttemptRow, signal: AbortSignal): Promise<Next>;
}

export const go = (state: AttemptState): Next => ({ kind: 'go', state });

/** Looked at again at `until` at the latest. */
export const waitFor = (what: string, until: Date | null): Next => ({ kind: 'wait', for: what, until });

/** As the board takes it. */
const LESSON_MAX = 5_000;

/** The work is not good: the task waits for another attempt, which learns from this one. */
export const fail = (reason: StateReason, lesson: string | null = null): Next => ({
  kind: 'end',
  ending: {
    state: 'failed',
    reason,
    release: { outcome: 'again', lesson: lesson?.slice(0, LESSON_MAX) ?? null },
  },
});

/** The task is no longer this attempt's. */
export const abandon = (reason: StateReason): Next => ({
  kind: 'end',
  ending: { state: 'abandoned', reason },
});
