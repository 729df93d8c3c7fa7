import type { StateReason } from '@aether/contracts/mission-schemas';
import type { MissionRow } from './mission.entity.js';

/** The bound of its budget that a mission has reached, as the reason of a pause; null while there is something left. */
export function budgetReached(mission: MissionRow, now: Date): StateReason | null {
  const { budget, startedAt } = mission;
  const minutes = startedAt ? (now.getTime() - startedAt.getTime()) / 60_000 : 0;
  const bounds = [
    ['tokens', budget.tokens, mission.spentTokens],
    ['US dollars', budget.costUsd, mission.spentUsd],
    ['minutes', budget.wallMinutes, minutes],
    ['attempts', budget.attempts, mission.spentAttempts],
  ] as const;
  const reached = bounds.find(([, bound, used]) => bound !== null && used >= bound);
  if (!reached) return null;
  const [unit, bound] = reached;
  return {
    code: 'budget_reached',
    cause: `The mission's budget of ${bound} ${unit} is used up.`,
    remedy: `Raise the budget of ${unit}, then resume the mission.`,
  };
}
