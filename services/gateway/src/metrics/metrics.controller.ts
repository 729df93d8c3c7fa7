import type { Figure } from '@aether/contracts/operations';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Gauge, Registry } from 'prom-client';
import { LiveSockets } from '../live/live-sockets.js';
import { HttpMetrics } from './http-metrics.js';
import { MetricsAccess } from './metrics-access.js';
import { OwnerFigures } from './owner-figures.js';

// The second address is within the path of the session's cookie, for the console.
@Controller(['metrics', 'api/v1/metrics'])
export class MetricsController {
  constructor(
    private readonly access: MetricsAccess,
    private readonly http: HttpMetrics,
    private readonly owners: OwnerFigures,
    private readonly sockets: LiveSockets,
  ) {}

  @Get()
  async read(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    await this.access.admit(request, reply);
    const figures = [...(await this.owners.collect()), this.liveSockets()];
    void reply.type(Registry.PROMETHEUS_CONTENT_TYPE).header('Cache-Control', 'no-store');
    return `${await this.http.registry.metrics()}\n${await expositionOf(figures)}`;
  }

  private liveSockets(): Figure {
    return {
      name: 'aether_live_sockets',
      help: 'Live connections of this edge.',
      values: [{ labels: {}, value: this.sockets.count }],
    };
  }
}

/** Made anew each time: what an owner no longer tells of must not stay as it was. */
async function expositionOf(figures: readonly Figure[]): Promise<string> {
  const registry = new Registry();
  for (const { name, help, values } of figures) {
    const labelNames = [...new Set(values.flatMap(({ labels }) => Object.keys(labels)))];
    const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
    for (const { labels, value } of values) gauge.set(labels, value);
  }
  return registry.metrics();
}
