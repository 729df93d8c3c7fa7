import type { Agent } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { Injectable } from '@nestjs/common';
import type { ConnectionRow } from '../connections/connection.entity.js';
import { ConnectionRepository } from '../connections/connection.repository.js';
import { firstAgent } from './first-agent.js';

@Injectable()
export class ListAgents {
  constructor(private readonly connections: ConnectionRepository) {}

  /** Agents of gateways that are away are listed from what they last said. */
  async execute(
    { deploymentId }: { deploymentId?: string },
    { actor }: Context,
  ): Promise<{ items: Agent[] }> {
    const rows = deploymentId
      ? [await this.connections.findGatewayFor(actor, deploymentId)]
      : await this.connections.all(actor);
    return { items: rows.filter((row) => row !== null).flatMap(agentsOf) };
  }
}

function agentsOf(row: ConnectionRow): Agent[] {
  const first = firstAgent(row.agents);
  return row.agents.map((agent) => ({
    ...agent,
    skills: agent.skills ?? [],
    connectionId: row.id,
    deploymentId: row.deploymentId,
    deploymentName: row.name,
    remote: row.kind === 'remote',
    visibility: row.visibility,
    online: row.state === 'connected',
    first: agent === first,
  }));
}
