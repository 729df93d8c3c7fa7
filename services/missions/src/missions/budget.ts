import type { StateReason } from '@aether/contracts/mission-schemas';
import type { ModelBudget } from '@aether/contracts/model-budgets';
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

/** Why a mission pauses when a model call was refused; null where its budget has been changed since. */
export function callRefused({ budget }: MissionRow, refused: ModelBudget): StateReason | null {
  if (budget.tokens !== refused.limitTokens || budget.costUsd !== refused.limitUsd) return null;
  const { spentTokens, spentUsd, limitTokens, limitUsd } = refused;
  const spent = [
    ...(limitTokens === null ? [] : [`${spentTokens} of ${limitTokens} tokens`]),
    ...(limitUsd === null ? [] : [`$${spentUsd.toFixed(4)} of $${limitUsd}`]),
  ];
  return {
    code: 'budget_reached',
    cause: `A model call was refused: it might have gone beyond the mission's budget, of which ${spent.join(' and ')} are used.`,
    remedy: 'Raise the budget, then resume the mission.',
  };
}
