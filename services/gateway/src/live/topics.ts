import type { Catalog } from '@aether/contracts/contract';
import type { LiveTopic } from '@aether/contracts/live';
import type { Requirement } from '@aether/contracts/permissions';
import { eventTopics, liveTopics } from '@aether/contracts/routes';
import { Id } from '@aether/contracts/schemas';

/** A topic a client named: a thing's live deltas, or everything an owner publishes. */
export type Topic =
  | { readonly kind: 'entity'; readonly access: Requirement; readonly spec: LiveTopic; readonly id: string }
  | { readonly kind: 'events'; readonly access: Requirement; readonly catalog: Catalog };

/** The topic of that name, or null where there is none such. */
export function topicOf(name: string): Topic | null {
  const [what = '', id = '', ...rest] = name.split('/');
  if (rest.length) return null;
  if (what === 'events') {
    const topic = Object.hasOwn(eventTopics, id) ? eventTopics[id as keyof typeof eventTopics] : null;
    return topic && { kind: 'events', access: topic.access, catalog: topic.catalog };
  }
  if (!Object.hasOwn(liveTopics, what) || !Id.safeParse(id).success) return null;
  const spec: LiveTopic = liveTopics[what as keyof typeof liveTopics];
  return { kind: 'entity', access: spec.access, spec, id };
}
