import { defineCatalog, defineEvent, defineLive, defineRequest } from '@aether/contracts/contract';
import type { ServiceName } from '@aether/contracts/topology';
import { startTestNats, type TestNats } from '@aether/testing/environment';
import { z } from 'zod';
import { Messaging, type MessagingOptions } from '../src/messaging.js';

export const sampleRequests = {
  echo: defineRequest('req.sample.echo.v1', {
    input: z.object({ text: z.string().max(10_000_000), times: z.number().int().default(1) }),
    output: z.object({ text: z.string() }),
    errors: { nothing_to_say: { status: 422, title: 'There is no text.', hint: 'Send some.' } },
  }),
  wait: defineRequest('req.sample.wait.v1', {
    input: z.object({}),
    output: z.object({ by: z.string() }),
    timeoutMs: 400,
  }),
};

export const sampleEvents = {
  said: defineEvent('evt.sample.said.v1', z.object({ text: z.string() })),
  heard: defineEvent('evt.sample.heard.v1', z.object({ text: z.string() })),
};

export const sampleLive = { word: defineLive('live.sample.word', z.object({ text: z.string() })) };

export const sampleCatalog = defineCatalog({
  owner: 'sample',
  requests: sampleRequests,
  events: sampleEvents,
  live: sampleLive,
});

/** What was reported as our own fault, with the subject it is about. */
type Fault = { error: unknown; subject: string };

export interface Bus {
  readonly nats: TestNats;
  readonly faults: Fault[];
  /** As a service with its permissions, or as `test`, which may do everything. */
  connect(user: ServiceName | 'test', options?: Partial<MessagingOptions>): Promise<Messaging>;
  stop(): Promise<void>;
}

export async function startBus(): Promise<Bus> {
  const nats = await startTestNats();
  const faults: Fault[] = [];
  const open: Messaging[] = [];
  return {
    nats,
    faults,
    connect: async (user, options = {}) => {
      const messaging = await Messaging.connect({
        url: nats.url,
        user,
        password: nats.passwordOf(user),
        catalog: null,
        reportFault: (error, { subject }) => faults.push({ error, subject }),
        ...options,
      });
      open.push(messaging);
      return messaging;
    },
    stop: async () => {
      await Promise.all(open.map((messaging) => messaging.drain()));
      await nats.stop();
    },
  };
}

/** A promise that a test settles. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
