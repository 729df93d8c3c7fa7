import type { EventEmitter } from 'node:events';
import { DataSource, type EntitySchema, type MixedList } from 'typeorm';
import { CreateMessagingTables1700000000000 } from './create-messaging-tables.js';
import { messagingTables } from './tables.js';

type Class = new () => object;

/** A service's own tables and the migrations that make them; the messaging tables are added. */
export interface Schema {
  readonly entities: MixedList<Class | EntitySchema>;
  readonly migrations: readonly Class[];
}

export interface DataSourceOptions {
  /** `postgres://role:password@host:port/database` */
  readonly url: string;
  readonly schema: Schema;
  /** Connections of this process at most. Default 10. */
  readonly poolMax?: number;
  /** Told of errors of idle connections; the pool replaces them by itself. */
  readonly onPoolError: (error: unknown) => void;
}

/** A TypeORM data source, not yet connected. */
export function createDataSource({ url, schema, poolMax = 10, onPoolError }: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    entities: [...messagingTables, ...Object.values(schema.entities)],
    migrations: [CreateMessagingTables1700000000000, ...schema.migrations],
    migrationsTransactionMode: 'each',
    synchronize: false,
    poolErrorHandler: onPoolError,
    applicationName: 'aether',
    connectTimeoutMS: 5_000,
    extra: { max: poolMax, statement_timeout: 30_000, keepAlive: true, onConnect: neverUnheard },
  });
}

/**
 * A connection that breaks while it passes from one user to the next has nobody to hear of it for a moment, and an
 * error nobody hears ends the process. Whoever uses it then is told by its own query.
 */
function neverUnheard(client: EventEmitter): void {
  client.on('error', () => undefined);
}

/**
 * Brings a database to the newest schema, as a step before the service starts.
 * Returns the names of the migrations that ran. A failing one is rolled back and thrown.
 */
export async function runMigrations(options: Omit<DataSourceOptions, 'onPoolError'>): Promise<string[]> {
  const source = createDataSource({ ...options, poolMax: 1, onPoolError: () => undefined });
  await source.initialize();
  try {
    return (await source.runMigrations()).map((migration) => migration.name);
  } finally {
    await source.destroy();
  }
}

/** SQL by which the entities differ from the migrated schema: empty when both tell the same. */
export async function schemaDrift(options: Omit<DataSourceOptions, 'onPoolError'>): Promise<string[]> {
  const source = createDataSource({ ...options, poolMax: 1, onPoolError: () => undefined });
  await source.initialize();
  try {
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    return upQueries.map(({ query }) => query);
  } finally {
    await source.destroy();
  }
}
