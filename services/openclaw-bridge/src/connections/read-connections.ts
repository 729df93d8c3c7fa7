import { openclawRequests, type Connection, type ProbeReport } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import type { RequestContext } from '@aether/messaging/requests';
import type { PageBounds } from '@aether/persistence/paging';
import { Injectable } from '@nestjs/common';
import { ConnectionRepository } from './connection.repository.js';

@Injectable()
export class ReadConnections {
  constructor(private readonly connections: ConnectionRepository) {}

  async list(
    bounds: PageBounds,
    { actor }: Context,
  ): Promise<{ items: Connection[]; nextCursor: string | null }> {
    const page = await this.connections.list(actor, bounds);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async get(id: string, context: RequestContext<typeof openclawRequests.getConnection>): Promise<Connection> {
    const row = await this.connections.findFor(context.actor, id);
    if (!row) throw context.fail('connection_not_found');
    return row.reply();
  }

  async probes(
    { id, ...bounds }: PageBounds & { id: string },
    context: RequestContext<typeof openclawRequests.listProbes>,
  ): Promise<{ items: ProbeReport[]; nextCursor: string | null }> {
    if (!(await this.connections.findFor(context.actor, id))) throw context.fail('connection_not_found');
    const page = await this.connections.probes(id, bounds);
    return { ...page, items: page.items.map((row) => row.report) };
  }
}
