import type { FastifyReply, FastifyRequest } from 'fastify';
import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** From what a read takes to where a proxy gives up. */
const BUCKETS_S = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];

/** What this process measures by itself: its requests, and what Node.js tells of it. */
export class HttpMetrics {
  readonly registry = new Registry();
  private readonly durations = new Histogram({
    name: 'aether_http_request_duration_seconds',
    help: 'Requests answered, by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS_S,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  count({ method, routeOptions }: FastifyRequest, { statusCode, elapsedTime }: FastifyReply): void {
    // The pattern, never the address: a stranger must not be able to make series.
    this.durations.observe(
      { method, route: routeOptions.url ?? 'none', status: statusCode },
      elapsedTime / 1_000,
    );
  }
}
