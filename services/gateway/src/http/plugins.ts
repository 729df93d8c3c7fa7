import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@aether/runtime/logger';
import fastifyCookie from '@fastify/cookie';
import fastifyCors from '@fastify/cors';
import fastifyHelmet from '@fastify/helmet';
import fastifyHttpProxy from '@fastify/http-proxy';
import { FastifyOtelInstrumentation } from '@fastify/otel';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import type { GatewayConfig } from '../config.js';
import { registerConsole } from '../console/console.js';
import type { HttpMetrics } from '../metrics/http-metrics.js';

const PAGES = fileURLToPath(new URL('../../public', import.meta.url));
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const SWAGGER_FILES = new Set(['/swagger-ui.css', '/swagger-ui-bundle.js']);

/** Nothing from anywhere else, no inline script, no framing. */
const CONTENT_SECURITY_POLICY = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'connect-src': ["'self'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

/** Swagger UI writes style attributes; scripts stay as strict as everywhere. */
export const DOCS_SECURITY_POLICY = {
  ...CONTENT_SECURITY_POLICY,
  'style-src': ["'self'", "'unsafe-inline'"],
};

/** What Fastify is given before any route exists. */
export async function registerPlugins(
  fastify: FastifyInstance,
  { config, logger, httpMetrics }: { config: GatewayConfig; logger: Logger; httpMetrics: HttpMetrics },
): Promise<void> {
  if (config.OTEL_EXPORTER_OTLP_ENDPOINT) await fastify.register(new FastifyOtelInstrumentation().plugin());
  decorate(fastify, logger, httpMetrics);
  const https = Boolean(config.TLS_CERT_FILE) || (config.PUBLIC_URL?.startsWith('https:') ?? false);
  await fastify.register(fastifyHelmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    strictTransportSecurity: https,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
  });
  if (config.CORS_ORIGINS.length)
    await fastify.register(fastifyCors, {
      origin: config.CORS_ORIGINS,
      credentials: true,
      strictPreflight: false,
      methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key'],
      exposedHeaders: ['X-Correlation-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'Allow'],
      maxAge: 600,
    });
  await fastify.register(fastifyCookie);
  await fastify.register(fastifyStatic, {
    root: PAGES,
    prefix: '/assets/',
    cacheControl: true,
    maxAge: '5m',
  });
  await fastify.register(fastifyStatic, {
    root: SWAGGER_UI,
    prefix: '/api/v1/docs/assets/',
    decorateReply: false,
    allowedPath: (path) => SWAGGER_FILES.has(path),
    maxAge: '1h',
  });
  if (config.AGENT_ENDPOINT_URL) await registerAgentEndpoint(fastify, config.AGENT_ENDPOINT_URL);
  await registerConsole(fastify, { folder: config.CONSOLE_DIR, policy: CONTENT_SECURITY_POLICY, logger });
  acceptJsonOnly(fastify);
}

/** What agents on other machines reach: tools and git. Who may do what is decided where they are served. */
async function registerAgentEndpoint(fastify: FastifyInstance, upstream: string): Promise<void> {
  for (const prefix of ['/mcp', '/git'])
    await fastify.register(fastifyHttpProxy, { upstream, prefix, rewritePrefix: prefix });
}

function decorate(fastify: FastifyInstance, logger: Logger, httpMetrics: HttpMetrics): void {
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Correlation-Id', request.id);
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    httpMetrics.count(request, reply);
    // Changes are worth a line each, reads only while somebody looks for something.
    const level = request.method === 'GET' || request.method === 'HEAD' ? 'debug' : 'info';
    logger[level](
      {
        method: request.method,
        route: request.routeOptions.url ?? null,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime),
        correlationId: request.id,
        actorId: request.caller?.actor.id,
      },
      'request',
    );
    done();
  });
}

function acceptJsonOnly(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    // Clients that always send the header have no body to send for a verb such as start.
    if (body === '') done(null, undefined);
    else void parseJson(request, body as string, done);
  });
}
