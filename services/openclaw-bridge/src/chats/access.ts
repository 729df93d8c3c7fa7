import { roleAllows } from '@aether/contracts/schemas';
import { commonFailure } from '@aether/contracts/failure';
import type { Context } from '@aether/messaging/context';

/** Changes need the role of an operator, unless another service asks for its own reasons. */
export function mustOperate({ actor }: Context): void {
  if (actor.type === 'service') return;
  if (!actor.role || !roleAllows(actor.role, 'operator')) throw commonFailure('forbidden');
}
