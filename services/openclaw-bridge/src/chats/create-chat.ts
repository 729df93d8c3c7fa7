import { openclawRequests, type Chat } from '@aether/contracts/openclaw';
import type { InputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { firstAgent } from '../agents/first-agent.js';
import { ConnectionRepository } from '../connections/connection.repository.js';
import { requireService, requireServiceOr } from '@aether/messaging/access';
import { ChatRepository } from './chat.repository.js';

const contract = openclawRequests.createChat;

@Injectable()
export class CreateChat {
  constructor(
    private readonly database: Database,
    private readonly chats: ChatRepository,
    private readonly connections: ConnectionRepository,
  ) {}

  async execute(input: InputOf<typeof contract>, context: RequestContext<typeof contract>): Promise<Chat> {
    requireServiceOr(context, 'chats:write');
    const ofServices = [input.directory, input.permissions, input.missionId, input.createdBy];
    if (ofServices.some((setting) => setting !== undefined)) requireService(context);
    const connection = await this.connections.findGatewayFor(context.actor, input.deploymentId);
    if (!connection || connection.state === 'closed') throw context.fail('connection_not_found');
    const agent = input.agentId
      ? connection.agents.find(({ id }) => id === input.agentId)
      : firstAgent(connection.agents);
    if (!agent) throw context.fail('agent_not_found');
    return this.database.once({ contract, input, context }, async (tx) => {
      const chat = await this.chats.create(tx, {
        connectionId: connection.id,
        deploymentId: connection.deploymentId,
        agentId: agent.id,
        directory: input.directory ?? null,
        permissions: input.permissions ?? null,
        missionId: input.missionId ?? null,
        // What a person says to an agent is theirs until they say otherwise; a service says whose it is.
        visibility: input.visibility ?? (context.actor.type === 'service' ? 'open' : 'private'),
        ...(input.createdBy !== undefined && { createdBy: input.createdBy }),
        title: input.title ?? `Chat with ${agent.name}`,
      });
      return chat.reply();
    });
  }
}
