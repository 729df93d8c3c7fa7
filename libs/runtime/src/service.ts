import type { Catalog } from '@aether/contracts/contract';
import type { Figure, Health } from '@aether/contracts/operations';
import type { ServiceName } from '@aether/contracts/topology';
import { Messaging } from '@aether/messaging/messaging';
import { MessagingStrategy } from '@aether/messaging/strategy';
import { createDataSource, runMigrations, type Schema } from '@aether/persistence/data-source';
import { Database } from '@aether/persistence/database';
import { EventConsumers } from '@aether/persistence/event-consumers';
import { pruneMessagingTables } from '@aether/persistence/pruning';
import { Relay } from '@aether/persistence/relay';
import type { DynamicModule, INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { z } from 'zod';
import { parseConfig, type DatabaseConfig, type Environment } from './config.js';
import { figuresOf, type CountedRows } from './figures.js';
import { checkHealth, serveHealth, standardChecks } from './health.js';
import { NestLogger, createLogger, type Logger } from './logger.js';
import { startTelemetry } from './telemetry.js';

/** What a service is built from; its `AppModule` provides these to its use cases. */
export interface ServiceParts<C extends DatabaseConfig = DatabaseConfig> {
  readonly config: C;
  readonly logger: Logger;
  readonly messaging: Messaging;
  readonly database: Database;
  readonly consumers: EventConsumers;
  /** Answers the catalog's `getHealth`, `getFigures` and dead-letter requests; spread into the map given to `serve`. */
  readonly operations: ReturnType<EventConsumers['deadLetterHandlers']> & {
    getHealth: () => Promise<Health>;
    getFigures: () => Promise<{ figures: Figure[] }>;
  };
}

export interface ServiceDefinition<S extends z.ZodType<DatabaseConfig> = z.ZodType<DatabaseConfig>> {
  /** Also the NATS user. */
  readonly name: ServiceName;
  readonly catalog: Catalog;
  readonly config: S;
  readonly schema: Schema;
  /** Rows of its own that are counted for `/metrics`, beside the figures that every service has. */
  readonly counted?: readonly CountedRows[];
  module(parts: ServiceParts<z.output<S>>): DynamicModule;
}

export interface RunningService {
  /** Takes no new work, finishes what was accepted, and closes every connection. */
  stop(): Promise<void>;
}

const PRUNE_EVERY_MS = 6 * 3_600_000;

/** Keeps the definition's types; a service exports its definition for `main.ts` and for the host. */
export function defineService<S extends z.ZodType<DatabaseConfig>>(
  definition: ServiceDefinition<S>,
): ServiceDefinition<S> {
  return definition;
}

/** Brings a service's database to its newest schema: a step of its own before the service starts. */
export async function migrateService(
  definition: ServiceDefinition,
  environment: Environment,
): Promise<string[]> {
  const config = parseConfig(definition.name, definition.config, environment);
  return runMigrations({ url: config.DATABASE_URL, schema: definition.schema });
}

/** Starts a service in this process. Throws with every fault of the configuration, or what is not reachable. */
export async function startService(
  definition: ServiceDefinition,
  environment: Environment,
): Promise<RunningService> {
  const config = parseConfig(definition.name, definition.config, environment);
  const logger = createLogger({
    service: definition.name,
    level: config.LOG_LEVEL,
    pretty: config.LOG_PRETTY,
  });
  // What was opened is closed in reverse order: at the end, and also when the boot stops half-way.
  const opened: (() => unknown)[] = [];
  const closeAll = async () => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    await open({ definition, config, logger, onClose: (close) => void opened.push(close) });
  } catch (error) {
    await closeAll().catch((cause: unknown) => logger.warn({ err: cause }, 'closing failed'));
    throw error;
  }
  logger.info('started');
  return {
    stop: async () => {
      await closeAll();
      logger.info('stopped');
    },
  };
}

async function open(parts: {
  definition: ServiceDefinition;
  config: DatabaseConfig;
  logger: Logger;
  onClose: (close: () => unknown) => void;
}): Promise<void> {
  const { definition, config, logger, onClose } = parts;
  if (config.OTEL_EXPORTER_OTLP_ENDPOINT)
    onClose(startTelemetry(definition.name, config.OTEL_EXPORTER_OTLP_ENDPOINT));
  const reportFault = (error: unknown, about?: { subject: string }) =>
    logger.error({ err: error, subject: about?.subject }, 'work failed');

  const source = createDataSource({
    url: config.DATABASE_URL,
    schema: definition.schema,
    poolMax: config.DATABASE_POOL_MAX,
    onPoolError: (error) => logger.warn({ err: error }, 'a database connection was lost'),
  });
  await source.initialize();
  onClose(() => source.destroy());
  if (await source.showMigrations())
    throw new Error(
      `The database of ${definition.name} is older than the program. Run its migrations first (\`main.js migrate\`).`,
    );
  const messaging = await Messaging.connect({
    url: config.NATS_URL,
    user: config.NATS_USER ?? definition.name,
    password: config.NATS_PASSWORD,
    catalog: definition.catalog,
    limits: { concurrency: config.REQUESTS_CONCURRENCY },
    streamReplicas: config.STREAM_REPLICAS,
    reportFault,
  });
  onClose(() => messaging.drain());
  if (messaging.serverLimits.warning) logger.warn(messaging.serverLimits.warning);

  const relay = new Relay(source, messaging, { reportFault });
  const database = new Database(source, () => relay.wake());
  const consumers = new EventConsumers(database, messaging);
  const getHealth = () => checkHealth(standardChecks({ messaging, database, relay }));
  const application: INestMicroservice = await NestFactory.createMicroservice(
    definition.module({
      config,
      logger,
      messaging,
      database,
      consumers,
      operations: {
        ...consumers.deadLetterHandlers(),
        getHealth,
        getFigures: () => figuresOf({ database, relay, counted: definition.counted ?? [] }),
      },
    }),
    { strategy: new MessagingStrategy(messaging), logger: new NestLogger(logger), abortOnError: false },
  );
  onClose(() => application.close());
  await application.listen();
  // Callers are told "not running" until the server has seen the subscriptions.
  await messaging.flush();
  relay.start();
  onClose(() => relay.stop());
  if (config.HEALTH_PORT) {
    const healthServer = await serveHealth(config.HEALTH_PORT, getHealth);
    onClose(() => healthServer.close());
  }
  const pruning = setInterval(() => void pruneMessagingTables(source).catch(reportFault), PRUNE_EVERY_MS);
  onClose(() => clearInterval(pruning));
}
