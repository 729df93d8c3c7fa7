import { Messaging } from '@aether/messaging/messaging';
import type { Logger } from '@aether/runtime/logger';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { CONFIG, LOGGER, type GatewayConfig } from './config.js';
import { DocumentsController } from './documents/documents.controller.js';
import { HealthController } from './health.controller.js';
import { ApiRoutes } from './http/api-routes.js';
import { FileAnswers } from './http/file-answers.js';
import { Gate } from './http/gate.js';
import { Origins } from './http/origins.js';
import { ProblemFilter } from './http/problem.filter.js';
import { RateLimits } from './http/rate-limits.js';
import { RouteHandler } from './http/route-handler.js';
import { Sessions } from './http/sessions.js';
import { AccessTokens } from './identity/access-tokens.js';
import { ApiKeys } from './identity/api-keys.js';
import { Authenticator } from './identity/authenticator.js';
import { Endings } from './identity/endings.js';
import { ClientFrames } from './live/client-frames.js';
import { EntityFeeder } from './live/entity-feeder.js';
import { EventFeeder } from './live/event-feeder.js';
import { EventTails } from './live/event-tails.js';
import { LiveFollowers } from './live/live-followers.js';
import { LiveServer } from './live/live-server.js';
import { LiveSockets } from './live/live-sockets.js';
import { Revocations } from './live/revocations.js';
import { HttpMetrics } from './metrics/http-metrics.js';
import { MetricsAccess } from './metrics/metrics-access.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { OwnerFigures } from './metrics/owner-figures.js';
import { Readiness } from './readiness.js';

export interface GatewayParts {
  readonly config: GatewayConfig;
  readonly logger: Logger;
  readonly messaging: Messaging;
  readonly httpMetrics: HttpMetrics;
}

@Module({})
export class AppModule {
  static register({ config, logger, messaging, httpMetrics }: GatewayParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [HealthController, MetricsController, DocumentsController],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: Messaging, useValue: messaging },
        { provide: APP_FILTER, useValue: new ProblemFilter(logger) },
        Endings,
        AccessTokens,
        ApiKeys,
        Authenticator,
        Origins,
        RateLimits,
        Gate,
        Sessions,
        FileAnswers,
        RouteHandler,
        ApiRoutes,
        Readiness,
        { provide: HttpMetrics, useValue: httpMetrics },
        OwnerFigures,
        MetricsAccess,
        LiveFollowers,
        EventTails,
        EntityFeeder,
        EventFeeder,
        ClientFrames,
        LiveSockets,
        LiveServer,
        Revocations,
      ],
    };
  }
}
