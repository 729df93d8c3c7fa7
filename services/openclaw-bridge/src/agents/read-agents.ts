import { Slug } from '@aether/contracts/schemas';
import { AgentList, SkillStatus, modelOf } from '../gateway/frames.js';
import { GatewayRequestError } from '../gateway/gateway-client.js';
import type { KnownAgent } from '../connections/connection.entity.js';

type Ask = (method: string, params: object) => Promise<unknown>;

export async function readAgents(ask: Ask): Promise<KnownAgent[]> {
  return AgentList.parse(await ask('agents.list', {})).agents.map((agent) => ({
    id: agent.id,
    name: agent.name ?? agent.id,
    model: modelOf(agent),
  }));
}

/** The agents with the skills that the gateway says are ready to use; none where it does not tell. */
export async function readSkills(ask: Ask, agents: readonly KnownAgent[]): Promise<KnownAgent[]> {
  const told: KnownAgent[] = [];
  for (const agent of agents) told.push({ ...agent, skills: await skillsOf(ask, agent.id) });
  return told;
}

/** How the gateway itself is run; an agent that knows it is no more able to do a task. */
const OF_THE_GATEWAY = 'openclaw-custodian';

async function skillsOf(ask: Ask, agentId: string): Promise<string[]> {
  try {
    const { skills } = SkillStatus.parse(await ask('skills.status', { agentId }));
    return skills
      .filter(({ eligible, disabled, source }) => eligible && !disabled && source !== OF_THE_GATEWAY)
      .map(({ name }) => name)
      .filter((name) => Slug.safeParse(name).success);
  } catch (error) {
    // Older gateways know no such method.
    if (error instanceof GatewayRequestError && !error.isLost) return [];
    throw error;
  }
}
