import { randomUUID } from 'node:crypto';
import type { Catalog } from '@aether/contracts/contract';
import { commonFailure } from '@aether/contracts/failure';
import type { Problem } from '@aether/contracts/problem';
import { catalogs } from '@aether/contracts/topology';
import type { Restricted } from '@aether/messaging/access';
import { serviceContext } from '@aether/messaging/context';
import { contextPairs, visibilityPairs } from '@aether/messaging/headers';
import { Messaging } from '@aether/messaging/messaging';
import type { RequestHandlers } from '@aether/messaging/requests';
import { startTestNats, type TestNats } from '@aether/testing/environment';
import { startGateway, type RunningGateway } from '../src/service.js';
import { TestAuth } from './test-auth.js';

type Handlers = Partial<RequestHandlers<Catalog['requests']>>;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Problem & Record<string, unknown>;
  readonly text: string;
}

/** A gateway on a real NATS with its real permissions; the owners behind it are played by the test. */
export interface Edge {
  readonly url: string;
  readonly nats: TestNats;
  readonly auth: TestAuth;
  readonly gateway: RunningGateway;
  /** The bus as the test's owners use it. */
  readonly bus: Messaging;
  /** Plays an owner: what is not given answers `not_found`. */
  play(catalog: Catalog, handlers?: Handlers): Promise<Messaging>;
  publish(subject: string, payload: unknown, about?: Restricted): Promise<string>;
  request(key: string, init?: RequestInit & { token?: string; json?: unknown }): Promise<Answer>;
  stop(): Promise<void>;
}

export interface EdgeOptions {
  /** What the edge is told when it starts. */
  readonly recentEndings?: TestAuth['recentEndings'];
  readonly environment?: Record<string, string>;
  /** Instead of one that is started for this edge; it is ended with it either way. */
  readonly nats?: TestNats;
  /** Owners that the test does not play itself. Default: all but auth answer `not_found`. */
  readonly absent?: readonly string[];
}

export async function startEdge({
  environment = {},
  absent = [],
  recentEndings,
  nats: given,
}: EdgeOptions = {}): Promise<Edge> {
  const nats = given ?? (await startTestNats());
  const players: Messaging[] = [];
  const connect = async (catalog: Catalog | null) => {
    const messaging = await Messaging.connect({
      url: nats.url,
      user: 'test',
      password: nats.passwordOf('test'),
      catalog,
      reportFault: () => undefined,
    });
    players.push(messaging);
    return messaging;
  };
  const play = async (catalog: Catalog, handlers: Handlers = {}) => {
    const messaging = await connect(catalog);
    const nothing = () => {
      throw commonFailure('not_found');
    };
    const all = Object.fromEntries(
      Object.keys(catalog.requests).map((name) => [name, handlers[name] ?? nothing]),
    );
    messaging.serve(catalog.requests, all);
    messaging.start();
    await messaging.flush();
    return messaging;
  };
  const bus = await connect(null);
  const auth = await TestAuth.create();
  if (recentEndings) auth.recentEndings = recentEndings;
  for (const catalog of catalogs)
    if (!absent.includes(catalog.owner)) await play(catalog, catalog.owner === 'auth' ? auth.handlers : {});
  const gateway = await startGateway({
    NATS_URL: nats.url,
    NATS_PASSWORD: nats.passwordOf('gateway'),
    PORT: '0',
    LOG_LEVEL: 'silent',
    RATE_ANONYMOUS_PER_MINUTE: '1000000',
    RATE_SIGN_IN_PER_MINUTE: '1000000',
    RATE_READ_PER_MINUTE: '1000000',
    RATE_WRITE_PER_MINUTE: '1000000',
    RATE_EXPENSIVE_PER_MINUTE: '1000000',
    ...environment,
  });
  let stopped: Promise<void> | undefined;
  return {
    url: gateway.url,
    nats,
    auth,
    gateway: {
      ...gateway,
      stop: () => (stopped ??= gateway.stop()),
    },
    bus,
    play,
    publish: async (subject, payload, about) => {
      const context = serviceContext('test');
      await bus.publish({
        id: randomUUID(),
        subject,
        headers: { ...contextPairs(context), ...visibilityPairs(about) },
        payload,
      });
      return context.correlationId;
    },
    request: (key, init = {}) => requestOf(gateway.url, key, init),
    stop: async () => {
      stopped ??= gateway.stop();
      await stopped;
      await Promise.all(players.map((messaging) => messaging.drain()));
      await nats.stop();
    },
  };
}

async function requestOf(
  url: string,
  key: string,
  { token, json, headers, ...init }: RequestInit & { token?: string; json?: unknown },
): Promise<Answer> {
  const [method, path] = key.split(' ') as [string, string];
  const response = await fetch(`${url}${path}`, {
    method,
    ...init,
    ...(json !== undefined && { body: JSON.stringify(json) }),
    headers: {
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(headers as Record<string, string> | undefined),
    },
    signal: AbortSignal.timeout(25_000),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json');
  const body = (isJson ? JSON.parse(text) : {}) as Answer['body'];
  return { status: response.status, headers: response.headers, body, text };
}
