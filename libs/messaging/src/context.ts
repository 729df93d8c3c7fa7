import { AsyncLocalStorage } from 'node:async_hooks';
import type { Permission } from '@aether/contracts/permissions';
import type { Role } from '@aether/contracts/schemas';
import { newId } from './id.js';

/** Who asks. A `service` acts for nobody else; `anonymous` has shown nothing. */
export interface Actor {
  readonly type: 'user' | 'key' | 'service' | 'anonymous';
  readonly id: string;
  /** As people know them: of a person, or of a key. */
  readonly name?: string;
  /** Null for services (NATS permissions say what they may do) and for anonymous callers. */
  readonly role: Role | null;
  /** What an API key is limited to; absent: everything that the role may. */
  readonly scopes?: readonly Permission[];
  /** Of a key: the person it belongs to. */
  readonly ownerId?: string;
  /** Of a person: the session the request came by. */
  readonly sessionId?: string;
}

/** What travels beside a message in its headers: who, and because of what. */
export interface Context {
  readonly actor: Actor;
  /** The whole story: equal from the HTTP request to the last event it caused. */
  readonly correlationId: string;
  /** The direct parent: id of the event being handled; null at the start of a story. */
  readonly causationId: string | null;
  /** Of a request that must take effect once, chosen by the client. */
  readonly idempotencyKey: string | null;
}

const storage = new AsyncLocalStorage<Context>();

/** Runs `work` so that `currentContext()`, and with it every log line, knows the story it belongs to. */
export function runInContext<T>(context: Context, work: () => T): T {
  return storage.run(context, work);
}

/** The context of the request or event being handled, if any. */
export function currentContext(): Context | undefined {
  return storage.getStore();
}

/** A new story begun by a service itself: a timer, a boot, a supervisor. */
export function serviceContext(service: string): Context {
  return {
    actor: { type: 'service', id: service, role: null },
    correlationId: newId(),
    causationId: null,
    idempotencyKey: null,
  };
}
