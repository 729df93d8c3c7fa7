import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Messaging } from '@aether/messaging/messaging';
import { MessagingStrategy } from '@aether/messaging/strategy';
import { parseConfig, type Environment } from '@aether/runtime/config';
import { NestLogger, createLogger } from '@aether/runtime/logger';
import type { RunningService } from '@aether/runtime/service';
import { startTelemetry } from '@aether/runtime/telemetry';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule, type GatewayParts } from './app.module.js';
import { GatewayConfig } from './config.js';
import { registerPlugins } from './http/plugins.js';
import { serverOptions } from './http/server-options.js';
import { followTls, tlsFilesOf } from './http/tls.js';
import { HttpMetrics } from './metrics/http-metrics.js';
import { Readiness } from './readiness.js';

const NAME = 'gateway';

/** A gateway that listens; `url` is where people reach it. */
export interface RunningGateway extends RunningService {
  readonly url: string;
}

/** The application with everything it serves, not listening yet. */
export async function createApplication(parts: GatewayParts): Promise<NestFastifyApplication> {
  const { config, logger, httpMetrics } = parts;
  const application = await NestFactory.create<NestFastifyApplication>(
    AppModule.register(parts),
    new FastifyAdapter({ ...serverOptions(config), skipMiddie: true }),
    { logger: new NestLogger(logger), abortOnError: false, bodyParser: false },
  );
  await registerPlugins(application.getHttpAdapter().getInstance(), { config, logger, httpMetrics });
  application.connectMicroservice({ strategy: new MessagingStrategy(parts.messaging) });
  return application;
}

/** Starts the edge in this process. It has no database, so it starts without `startService`. */
export async function startGateway(environment: Environment): Promise<RunningGateway> {
  const config = parseConfig(NAME, GatewayConfig, environment);
  const logger = createLogger({ service: NAME, level: config.LOG_LEVEL, pretty: config.LOG_PRETTY });
  const stopTelemetry = config.OTEL_EXPORTER_OTLP_ENDPOINT
    ? startTelemetry(NAME, config.OTEL_EXPORTER_OTLP_ENDPOINT)
    : undefined;
  const messaging = await Messaging.connect({
    url: config.NATS_URL,
    user: config.NATS_USER ?? NAME,
    password: config.NATS_PASSWORD,
    catalog: null,
    reportFault: (error, about) => logger.error({ err: error, subject: about?.subject }, 'work failed'),
  });
  if (messaging.serverLimits.warning) logger.warn(messaging.serverLimits.warning);

  const application = await createApplication({ config, logger, messaging, httpMetrics: new HttpMetrics() });
  await application.startAllMicroservices();
  await application.listen(config.PORT, config.HOST);
  const { port } = application.getHttpServer().address() as AddressInfo;
  const tls = tlsFilesOf(config);
  const unfollowTls = tls && followTls(application.getHttpServer(), tls, logger);
  const url = config.PUBLIC_URL ?? `${tls ? 'https' : 'http'}://${config.HOST}:${port}`;
  logger.info({ url }, 'started');

  return {
    url,
    stop: async () => {
      application.get(Readiness).beginStop();
      unfollowTls?.();
      await delay(config.SHUTDOWN_DELAY_MS);
      // A connection that becomes idle from now on is closed rather than kept for a next request.
      application.getHttpServer().keepAliveTimeout = 1;
      await application.close();
      await stopTelemetry?.();
      logger.info('stopped');
    },
  };
}
