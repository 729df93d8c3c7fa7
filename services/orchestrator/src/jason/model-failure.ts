import { ContractFailure } from '@aether/contracts/failure';
import type { StateReason } from '@aether/contracts/mission-schemas';
import { APICallError } from 'ai';

/** Why Jason could not think, in words for people; what a provider says itself is worth more than our guess. */
export function modelFailed(error: unknown): StateReason {
  // A part of Aether that he needs, such as the models service: it tells the cause and the remedy itself.
  if (error instanceof ContractFailure) return { code: error.code, cause: error.message, remedy: error.hint };
  const call = APICallError.isInstance(error) ? error : null;
  const said = error instanceof Error ? error.message : String(error);
  if (call?.statusCode === 402 || call?.statusCode === 429)
    return {
      code: 'model_budget',
      cause: `The model endpoint refused the call: ${said}`,
      remedy: 'Raise the budget or wait until its period ends, then ask again.',
    };
  return {
    code: 'model_failed',
    cause: `The model did not answer: ${said}`,
    remedy: 'Check the model provider in the settings, then ask again.',
  };
}
