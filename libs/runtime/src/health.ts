import { createServer, type Server } from 'node:http';
import type { Health } from '@aether/contracts/operations';
import type { Messaging } from '@aether/messaging/messaging';
import type { Database } from '@aether/persistence/database';
import type { Relay } from '@aether/persistence/relay';

/** A part of readiness: null when well, or what is wrong. */
export type HealthCheck = () => Promise<string | null>;

/** Above this age the outbox is not flowing: NATS takes nothing, or the relay stands. */
const RELAY_LAG_MAX_MS = 10_000;
const CHECK_TIMEOUT_MS = 1_500;

/** The checks every service has, by what it uses. */
export function standardChecks(parts: {
  messaging: Messaging;
  database?: Database;
  relay?: Relay;
}): Record<string, HealthCheck> {
  const { messaging, database, relay } = parts;
  const checks: Record<string, HealthCheck> = {
    nats: async () => (messaging.isConnected ? null : 'not connected, reconnecting'),
  };
  if (database)
    checks.database = async () => {
      await database.read((manager) => manager.query('SELECT 1'));
      return null;
    };
  if (relay)
    checks.relay = async () => {
      const lagMs = await relay.lagMs();
      return lagMs > RELAY_LAG_MAX_MS ? `oldest event waits for ${Math.round(lagMs / 1000)} s` : null;
    };
  return checks;
}

/** Runs all checks side by side; one that throws or takes too long is not well. */
export async function checkHealth(checks: Readonly<Record<string, HealthCheck>>): Promise<Health> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      const detail = await withTimeout(check()).catch((error: unknown) =>
        error instanceof Error ? error.message : String(error),
      );
      return { name, ok: detail === null, detail };
    }),
  );
  return { ready: results.every(({ ok }) => ok), checks: results };
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** Serves `/health/live` and `/health/ready` for the probes of a process without HTTP of its own. */
export async function serveHealth(port: number, health: () => Promise<Health>): Promise<Server> {
  const server = createServer((request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (request.url === '/health/live') answer(200, { live: true });
    else if (request.url === '/health/ready')
      void health().then((result) => answer(result.ready ? 200 : 503, result));
    else answer(404, { code: 'not_found' });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, resolve);
  });
  return server;
}
