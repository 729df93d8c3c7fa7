import { posix } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Agent, agentRequests } from '@aether/contracts/agents';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { ConnectionRow } from '../connections/connection.entity.js';
import { AgentList, modelOf } from '../gateway/frames.js';
import { AskGateway, type Ask } from './ask-gateway.js';
import { firstAgent } from './first-agent.js';
import { ListAgents } from './list-agents.js';

type Requests = typeof agentRequests;

const LOOK_EVERY_MS = 250;
const LOOKS_MAX = 40;

const Created = z.looseObject({ agentId: z.string() });
const Models = z.looseObject({
  models: z.array(
    z.looseObject({ id: z.string(), name: z.string().optional(), provider: z.string().optional() }),
  ),
});

/** Adds agents to a gateway that runs, changes and removes them, all by the gateway's own requests. */
@Injectable()
export class ManageAgents {
  constructor(
    private readonly gateways: AskGateway,
    private readonly agents: ListAgents,
  ) {}

  async models(
    { deploymentId }: InputOf<Requests['listGatewayModels']>,
    context: RequestContext<Requests['listGatewayModels']>,
  ): Promise<OutputOf<Requests['listGatewayModels']>> {
    requirePermission(context, 'agents:read');
    const { row, ask } = await this.gateways.of(deploymentId, context);
    return { items: await modelsOf(row, ask) };
  }

  /** Not repeatable by itself: the second time the gateway says that the agent exists. */
  async create(
    { deploymentId, name, model, files }: InputOf<Requests['createAgent']>,
    context: RequestContext<Requests['createAgent']>,
  ): Promise<Agent> {
    requirePermission(context, 'agents:write');
    const { row, ask } = await this.gateways.of(deploymentId, context);
    if (model && !(await offers(row, ask, model))) throw context.fail('model_not_offered');
    const listed = AgentList.parse(await ask('agents.list', {})).agents;
    const id = slugOf(name);
    if (id === '' || listed.some((agent) => agent.id === id || agent.name === name))
      throw context.fail('agent_exists');
    const workspace = workspaceFor(row, id, listed);
    const asked = { name, ...(model && { model }), ...(workspace && { workspace }) };
    const { agentId } = Created.parse(await ask('agents.create', asked));
    try {
      await this.taken(ask, context, (agents) => agents.some((agent) => agent.id === agentId));
      for (const [file, content] of Object.entries(files))
        await ask('agents.files.set', { agentId, name: file, content });
    } catch (error) {
      // All of it or nothing, so that it can be asked for again. What is told is why it was not made.
      await ask('agents.delete', { agentId, deleteFiles: true }).catch(() => undefined);
      throw error;
    }
    return this.told(row, agentId, context);
  }

  async update(
    { deploymentId, agentId, name, model }: InputOf<Requests['updateAgent']>,
    context: RequestContext<Requests['updateAgent']>,
  ): Promise<Agent> {
    requirePermission(context, 'agents:write');
    const { row, ask } = await this.gateways.of(deploymentId, context);
    if (model && !(await offers(row, ask, model))) throw context.fail('model_not_offered');
    const change = { ...(name !== undefined && { name }), ...(model !== undefined && { model }) };
    await ask('agents.update', { agentId, ...change });
    await this.taken(ask, context, (agents) => {
      const agent = agents.find(({ id }) => id === agentId);
      return !agent || ((name ?? agent.name) === agent.name && (model ?? modelOf(agent)) === modelOf(agent));
    });
    return this.told(row, agentId, context);
  }

  async remove(
    { deploymentId, agentId }: InputOf<Requests['deleteAgent']>,
    context: RequestContext<Requests['deleteAgent']>,
  ): Promise<OutputOf<Requests['deleteAgent']>> {
    requirePermission(context, 'agents:write');
    const { row, ask } = await this.gateways.of(deploymentId, context);
    const { agents } = AgentList.parse(await ask('agents.list', {}));
    // The gateway itself would do it, and leave whoever counts on its first agent without one.
    if (agentId === firstAgent(agents)?.id) throw context.fail('agent_needed');
    await ask('agents.delete', { agentId, deleteFiles: true });
    await this.taken(ask, context, (left) => left.every(({ id }) => id !== agentId));
    await this.gateways.refresh(row);
    return { deleted: true };
  }

  /** A gateway answers when its configuration is written, and acts by it about a second later. */
  private async taken(
    ask: Ask,
    context: Refusing<'gateway_away'>,
    isSo: (agents: Listed) => boolean,
  ): Promise<void> {
    for (let look = 0; look < LOOKS_MAX; look += 1) {
      if (isSo(AgentList.parse(await ask('agents.list', {})).agents)) return;
      await delay(LOOK_EVERY_MS);
    }
    const seconds = (LOOKS_MAX * LOOK_EVERY_MS) / 1_000;
    throw context.fail('gateway_away', {
      detail: `The gateway did not act by the change within ${seconds} s.`,
    });
  }

  /** As it is listed from now on. */
  private async told(
    row: ConnectionRow,
    agentId: string,
    context: Refusing<'agent_not_found'>,
  ): Promise<Agent> {
    await this.gateways.refresh(row);
    const { items } = await this.agents.execute({ deploymentId: row.deploymentId }, context);
    const agent = items.find(({ id }) => id === agentId);
    if (!agent) throw context.fail('agent_not_found');
    return agent;
  }
}

type Listed = z.infer<typeof AgentList>['agents'];

async function modelsOf(row: ConnectionRow, ask: Ask): Promise<{ id: string; name: string }[]> {
  // With several agents the gateway wants to be told for whom.
  const agentId = firstAgent(row.agents)?.id;
  const { models } = Models.parse(await ask('models.list', agentId ? { agentId } : {}));
  return models.map(({ id, name, provider }) => ({
    id: provider ? `${provider}/${id}` : id,
    name: name ?? id,
  }));
}

const offers = async (row: ConnectionRow, ask: Ask, model: string) =>
  (await modelsOf(row, ask)).some(({ id }) => id === model);

/** The id that the gateway makes of a name. */
const slugOf = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');

/**
 * Beside the first agent's, in gateways that Aether deployed: the gateway itself would put it inside, where the first
 * agent has its files.
 */
function workspaceFor(row: ConnectionRow, id: string, listed: Listed): string | undefined {
  const workspace = firstAgent(listed)?.workspace;
  return row.kind === 'deployed' && workspace ? posix.join(posix.dirname(workspace), id) : undefined;
}
