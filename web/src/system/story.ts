import type { LiveEvent } from '@aether/contracts/live-frames';

export interface StoryPart<E> {
  readonly event: E;
  /** How many causes it has among the others, one behind the other. */
  readonly depth: number;
}

/** All that the same request brought about as an event, as far as it is among `events`: causes before their effects. */
export function storyOf<E extends Pick<LiveEvent, 'id' | 'at' | 'correlationId' | 'causationId'>>(
  events: readonly E[],
  event: E,
): readonly StoryPart<E>[] {
  const { id, correlationId } = event;
  const story = events
    .filter((each) => each.id === id || (each.correlationId ?? each.id) === correlationId)
    .toSorted((a, b) => a.at.localeCompare(b.at));
  const known = new Set(story.map((each) => each.id));
  const effects = new Map<string | null, E[]>();
  for (const each of story) {
    const cause = each.causationId !== undefined && known.has(each.causationId) ? each.causationId : null;
    const siblings = effects.get(cause);
    if (siblings) siblings.push(each);
    else effects.set(cause, [each]);
  }
  const below = (cause: string | null, depth: number): StoryPart<E>[] =>
    (effects.get(cause) ?? []).flatMap((effect) => [
      { event: effect, depth },
      ...below(effect.id, depth + 1),
    ]);
  return below(null, 0);
}
