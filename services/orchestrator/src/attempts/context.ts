import { serviceContext, type Context } from '@aether/messaging/context';
import type { AttemptRow } from './attempt.entity.js';

/** In which an attempt asks others; `act` names what, so that asking again after a crash is one and the same. */
export function contextOf(attempt: Pick<AttemptRow, 'id' | 'correlationId'>, act?: string): Context {
  return {
    ...serviceContext('orchestrator'),
    correlationId: attempt.correlationId,
    ...(act && { idempotencyKey: `${attempt.id}-${act}` }),
  };
}
