import { Parser } from '@asyncapi/parser';
import type { RouteSpec } from '@aether/contracts/route';
import { routes } from '@aether/contracts/routes';
import { catalogs } from '@aether/contracts/topology';
import { Messaging } from '@aether/messaging/messaging';
import { createLogger } from '@aether/runtime/logger';
import { startTestNats } from '@aether/testing/environment';
import { expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { GatewayConfig } from '../src/config.js';
import { asyncApiDocument } from '../src/documents/asyncapi.js';
import { errorPage } from '../src/documents/error-page.js';
import { openApiDocument } from '../src/documents/openapi.js';
import { HttpMetrics } from '../src/metrics/http-metrics.js';
import { createApplication } from '../src/service.js';

/** Severity of a diagnostic that makes the document invalid. */
const ERROR = 0;

test('the OpenAPI document is valid 3.1', async () => {
  const result = await new Validator().validate({ ...openApiDocument() });
  expect(result.errors ?? []).toEqual([]);
  expect(result.valid).toBe(true);
});

test('every route is documented with its access, its answer and every code it may answer with', () => {
  const { paths = {} } = openApiDocument();
  const described = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(
      item as Record<string, { security: unknown[]; responses: Record<string, { description: string }> }>,
    ).map(([method, operation]): [string, typeof operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
  expect(described.map(([key]) => key).sort()).toEqual(Object.keys(routes).sort());
  for (const [key, operation] of described) {
    const route: RouteSpec = routes[key as keyof typeof routes];
    expect(operation.security.length > 0).toBe(route.access !== 'public');
    expect(operation.responses[String(route.status ?? 200)]).toBeDefined();
    for (const [code, { status, hint }] of Object.entries(route.contract.errors)) {
      expect(operation.responses[String(status)]?.description).toContain(`\`${code}\``);
      expect(operation.responses[String(status)]?.description).toContain(hint);
    }
  }
  expect(JSON.stringify(paths)).not.toContain('refreshToken');
});

test('operation ids are unique', () => {
  const ids = JSON.stringify(openApiDocument()).match(/"operationId":"[^"]+"/g) ?? [];
  expect(new Set(ids).size).toBe(ids.length);
});

test('the AsyncAPI document is valid and tells every event and topic', async () => {
  const text = JSON.stringify(asyncApiDocument());
  const { document, diagnostics } = await new Parser().parse(text);
  expect(diagnostics.filter(({ severity }) => ERROR === Number(severity))).toEqual([]);
  expect(document).toBeDefined();
  for (const { events } of catalogs)
    for (const { subject } of Object.values(events)) expect(text).toContain(subject);
  for (const topic of ['chat/<id>', 'logs/<id>', 'events/deployer', 'events/auth'])
    expect(text).toContain(topic);
});

test('the error page has a section for every code that a problem may point to', () => {
  const page = errorPage();
  const codes = Object.values<RouteSpec>(routes).flatMap(({ contract }) => Object.keys(contract.errors));
  for (const code of [...codes, 'internal', 'method_not_allowed']) expect(page).toContain(`id="${code}"`);
});

test('the edge serves the route table and, beside it, only what is listed here', async () => {
  const nats = await startTestNats();
  const config = GatewayConfig.parse({
    NATS_URL: nats.url,
    NATS_PASSWORD: nats.passwordOf('gateway'),
    PORT: '0',
  });
  const messaging = await Messaging.connect({
    url: nats.url,
    user: 'gateway',
    password: config.NATS_PASSWORD,
    catalog: null,
    reportFault: () => undefined,
  });
  const logger = createLogger({ service: 'gateway', level: 'silent' });
  const application = await createApplication({ config, logger, messaging, httpMetrics: new HttpMetrics() });
  const served: string[] = [];
  const fastify = application.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', ({ method, url, config: about }) => {
    if (!(about && 'refused' in about) && method !== 'HEAD') served.push(`${String(method)} ${url}`);
  });
  await application.init();
  await application.close();
  await nats.stop();

  const table = Object.keys(routes).map((key) => key.replaceAll(/\{(\w+)\}/g, ':$1'));
  const beside = [
    'GET /health/live',
    'GET /health/ready',
    'GET /metrics',
    'GET /api/v1/metrics',
    'GET /api/v1/openapi.json',
    'GET /api/v1/asyncapi.json',
    'GET /api/v1/docs',
    'GET /api/v1/docs/errors',
    'GET /api/v1/live',
  ];
  expect(served.sort()).toEqual([...table, ...beside].sort());
});
