import type { Agent } from '@aether/contracts/agents';
import type { Api } from './api.js';
import { CommandError } from './command-error.js';

/**
 * The agents of a gateway, deployed or remote, by its name or id; those of a name that several gateways have are
 * refused. Empty where no gateway of this name has told of its agents.
 */
export function agentsOfGateway(agents: readonly Agent[], gateway: string): Agent[] {
  const found = agents.filter(
    ({ deploymentName, deploymentId, connectionId }) =>
      deploymentName === gateway || deploymentId === gateway || connectionId === gateway,
  );
  const gateways = [...new Set(found.map(({ deploymentId }) => deploymentId))];
  if (gateways.length <= 1) return found;
  const kindOf = (id: string) =>
    found.some((agent) => agent.deploymentId === id && agent.remote) ? 'remote' : 'deployed';
  throw new CommandError({
    code: 'agent_ambiguous',
    detail: `Several gateways are called "${gateway}": ${gateways.map((id) => `${id} (${kindOf(id)})`).join(', ')}.`,
    hint: 'Name the one you mean by its id.',
  });
}

/** One agent by `gateway` (its first agent) or `gateway/agent` (by id or name); null where the gateway is not known. */
export async function findAgent(api: Api, address: string): Promise<Agent | null> {
  const { items } = await api.call('GET /api/v1/agents', {});
  const whole = agentsOfGateway(items, address);
  if (whole.length > 0) return whole.find(({ first }) => first) ?? null;
  // Names of connections may have strokes of their own.
  const at = address.lastIndexOf('/');
  if (at < 0) return null;
  const [gateway, name] = [address.slice(0, at), address.slice(at + 1)];
  const agents = agentsOfGateway(items, gateway);
  if (agents.length === 0) return null;
  const byId = agents.find(({ id }) => id === name);
  const byName = agents.filter((agent) => agent.name === name);
  if (!byId && byName.length > 1)
    throw new CommandError({
      code: 'agent_ambiguous',
      detail: `Several agents of "${gateway}" are called "${name}": ${byName.map(({ id }) => id).join(', ')}.`,
      hint: 'Name the one you mean by its id.',
    });
  const agent = byId ?? byName[0];
  if (agent) return agent;
  throw new CommandError({
    code: 'agent_not_found',
    detail: `The gateway "${gateway}" has no agent "${name}".`,
    hint: `See its agents with: npx aether agent list ${gateway}`,
  });
}

/** How agents are named in commands: those that chats begin with by their gateway alone. */
export async function agentNames(api: Api): Promise<string[]> {
  const { items } = await api.call('GET /api/v1/agents', {});
  return items.map(({ deploymentName, id, first }) => (first ? deploymentName : `${deploymentName}/${id}`));
}

/** Nobody is called that. */
export function unknownAgent(address: string): CommandError {
  return new CommandError({
    code: 'agent_not_found',
    detail: `No gateway called "${address}" has said which agents it has.`,
    hint: 'See what is there with: npx aether agents, npx aether connections',
  });
}
