import { defineCatalog, defineEvent, defineRequest } from '@aether/contracts/contract';
import type { Durable } from '@aether/contracts/topology';
import { serviceContext, type Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { startTestNats, testDatabase, type TestDatabase, type TestNats } from '@aether/testing/environment';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { createDataSource, runMigrations } from '../src/data-source.js';
import { Database } from '../src/database.js';
import { EventConsumers } from '../src/event-consumers.js';
import { Relay, type RelayOptions } from '../src/relay.js';

export const sampleRequests = {
  add: defineRequest('req.sample.add.v1', {
    input: z.object({ text: z.string() }),
    output: z.object({ text: z.string(), made: z.number() }),
  }),
};
export const sampleEvents = {
  added: defineEvent('evt.sample.added.v1', z.object({ text: z.string() })),
};
const sampleCatalog = defineCatalog({
  owner: 'sample',
  requests: sampleRequests,
  events: sampleEvents,
  live: {},
});
export const addedDurable: Durable = { name: 'reader-added', events: [sampleEvents.added] };

export const schema = { entities: [], migrations: [] };
export const context: Context = serviceContext('sample');

/** One instance of a service: its pool, its relay and its consumers. */
export interface Instance {
  readonly source: DataSource;
  readonly database: Database;
  readonly messaging: Messaging;
  readonly relay: Relay;
  readonly consumers: EventConsumers;
}

export interface Store {
  readonly nats: TestNats;
  readonly rows: TestDatabase;
  readonly faults: unknown[];
  readonly poolErrors: unknown[];
  instance(options?: {
    relay?: Partial<RelayOptions>;
    /** Stands between the relay and the bus. */
    publisher?: (messaging: Messaging) => Pick<Messaging, 'publish'>;
  }): Promise<Instance>;
  stop(): Promise<void>;
}

export async function startStore(): Promise<Store> {
  const [nats, rows] = await Promise.all([startTestNats(), testDatabase('sample')]);
  await runMigrations({ url: rows.url, schema });
  await rows.query('CREATE TABLE thing (text text NOT NULL)');
  const faults: unknown[] = [];
  const poolErrors: unknown[] = [];
  const instances: Instance[] = [];
  const reportFault = (error: unknown) => void faults.push(error);
  return {
    nats,
    rows,
    faults,
    poolErrors,
    instance: async ({ relay: options, publisher } = {}) => {
      const messaging = await Messaging.connect({
        url: nats.url,
        user: 'test',
        password: nats.passwordOf('test'),
        catalog: sampleCatalog,
        reportFault,
      });
      const source = createDataSource({
        url: rows.url,
        schema,
        onPoolError: (error) => void poolErrors.push(error),
      });
      await source.initialize();
      const relay = new Relay(source, publisher?.(messaging) ?? messaging, { reportFault, ...options });
      const database = new Database(source, () => relay.wake());
      const consumers = new EventConsumers(database, messaging);
      const instance = { source, database, messaging, relay, consumers };
      instances.push(instance);
      return instance;
    },
    stop: async () => {
      for (const { relay, messaging, source } of instances) {
        await relay.stop();
        await messaging.drain();
        await source.destroy();
      }
      await nats.stop();
      await rows.drop();
    },
  };
}

/** Adds a thing and tells of it, in one transaction. */
export async function add({ database }: Pick<Instance, 'database'>, text: string): Promise<void> {
  await database.transaction(context, async ({ manager, publish }) => {
    await manager.query('INSERT INTO thing VALUES ($1)', [text]);
    await publish(sampleEvents.added, { text });
  });
}

/** Texts of all events in the stream, in its order. */
export async function published({ messaging }: Pick<Instance, 'messaging'>): Promise<string[]> {
  const { lastSeq } = (await messaging.streamRange('sample')) ?? { lastSeq: 0 };
  const texts: string[] = [];
  if (lastSeq === 0) return texts;
  const enough = new AbortController();
  for await (const { payload, streamSeq } of messaging.readEvents('sample', 1, enough.signal)) {
    texts.push((payload as { text: string }).text);
    if (streamSeq >= lastSeq) enough.abort();
  }
  return texts;
}
