import type { ThreadEntry } from '@aether/contracts/mission-schemas';
import type { Actor } from '@aether/messaging/context';

/** Who did something, as the thread tells it. What the orchestrator does by itself is Jason's doing. */
export function authorOf({ type, id, name = id }: Actor): ThreadEntry['author'] {
  if (type === 'service' && id === 'orchestrator') return { type: 'jason', id, name: 'Jason' };
  return type === 'anonymous' ? { type: 'service', id, name } : { type, id, name };
}
