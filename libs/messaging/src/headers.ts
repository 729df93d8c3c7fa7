import { ROOT_CONTEXT, context as otelContext, propagation } from '@opentelemetry/api';
import { Permission } from '@aether/contracts/permissions';
import { Role } from '@aether/contracts/schemas';
import { headers as natsHeaders, type MsgHdrs } from '@nats-io/nats-core';
import { canSee, type Restricted } from './access.js';
import type { Actor, Context } from './context.js';
import { newId } from './id.js';

const actorTypes: readonly string[] = ['user', 'key', 'service', 'anonymous'] satisfies Actor['type'][];

/** Headers that carry a context as plain pairs, with the active span's W3C trace context. */
export function contextPairs(context: Context): Record<string, string> {
  const pairs: Record<string, string> = {
    'x-actor-type': context.actor.type,
    'x-actor-id': context.actor.id,
    'x-correlation-id': context.correlationId,
  };
  if (context.actor.name) pairs['x-actor-name'] = encodeURIComponent(context.actor.name);
  if (context.actor.role) pairs['x-actor-role'] = context.actor.role;
  if (context.actor.scopes) pairs['x-actor-scopes'] = context.actor.scopes.join(' ');
  if (context.actor.ownerId) pairs['x-actor-owner-id'] = context.actor.ownerId;
  if (context.actor.sessionId) pairs['x-actor-session-id'] = context.actor.sessionId;
  if (context.causationId) pairs['x-causation-id'] = context.causationId;
  if (context.idempotencyKey) pairs['x-idempotency-key'] = context.idempotencyKey;
  propagation.inject(otelContext.active(), pairs);
  return pairs;
}

const VISIBLE_TO = 'x-visible-to';

/** The header of an event about a private thing; nothing for one about an open thing. */
export function visibilityPairs(about: Restricted | undefined): Record<string, string> {
  return about?.visibility === 'private' ? { [VISIBLE_TO]: about.createdBy } : {};
}

/** True where an event may be shown to the actor: it tells of an open thing, or of one that the actor sees. */
export function mayBeShown(headers: Readonly<Record<string, string>>, actor: Actor): boolean {
  const createdBy = headers[VISIBLE_TO];
  return createdBy === undefined || canSee(actor, { createdBy, visibility: 'private' });
}

/** NATS headers from plain pairs. Throws on a value with a line break, so nothing can be smuggled in. */
export function toHeaders(pairs: Readonly<Record<string, string>>): MsgHdrs {
  const headers = natsHeaders();
  for (const [name, value] of Object.entries(pairs)) headers.set(name, value);
  return headers;
}

/** The context of a received message; what is missing becomes an anonymous caller and a new story. */
export function readContext(headers: MsgHdrs | undefined): Context {
  const get = (name: string) => headers?.get(name) || null;
  const type = get('x-actor-type') ?? '';
  const role = Role.safeParse(get('x-actor-role'));
  const scopes = headers?.has('x-actor-scopes') ? readScopes(headers.get('x-actor-scopes')) : undefined;
  const name = readName(get('x-actor-name'));
  const ownerId = get('x-actor-owner-id');
  const sessionId = get('x-actor-session-id');
  return {
    actor: {
      type: actorTypes.includes(type) ? (type as Actor['type']) : 'anonymous',
      id: get('x-actor-id') ?? 'anonymous',
      role: role.success ? role.data : null,
      ...(name && { name }),
      ...(scopes && { scopes }),
      ...(ownerId && { ownerId }),
      ...(sessionId && { sessionId }),
    },
    correlationId: get('x-correlation-id') ?? newId(),
    causationId: get('x-causation-id'),
    idempotencyKey: get('x-idempotency-key'),
  };
}

/** Written so that any name is one line of ASCII; null where it was not. */
function readName(value: string | null): string | null {
  try {
    return value === null ? null : decodeURIComponent(value);
  } catch {
    return null;
  }
}

/** A scope this service does not know allows nothing here, and takes nothing away from the others. */
function readScopes(value: string): Permission[] {
  return value.split(' ').flatMap((name) => Permission.safeParse(name).data ?? []);
}

/** The sender's trace context, to be the parent of the receiver's span. */
export function readTrace(headers: MsgHdrs | undefined) {
  return propagation.extract(ROOT_CONTEXT, headers, {
    get: (carrier, name) => carrier?.get(name) || undefined,
    keys: (carrier) => carrier?.keys() ?? [],
  });
}
