import type { Deployment } from '@aether/contracts/deployment';
import type { PoolAgent } from '@aether/contracts/execution';
import type { Agent } from '@aether/contracts/openclaw';

/** One line of the hub: an agent of the pool, one that is private and therefore not in it, or a deployment that has none (yet). */
export interface AgentRow {
  readonly id: string;
  readonly href: string;
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly deployment: Deployment | undefined;
  readonly pool: PoolAgent | undefined;
  readonly model: string | null;
  readonly online: boolean;
  readonly isPrivate: boolean;
  /** Whom a chat begins with; null where there is nobody. */
  readonly talk: { readonly deploymentId: string; readonly agentId: string } | null;
}

export interface HubSources {
  readonly pool: readonly PoolAgent[];
  readonly deployments: readonly Deployment[];
  readonly agents: readonly Agent[];
}

export function agentRows({ pool, deployments, agents }: HubSources): AgentRow[] {
  const deploymentOf = new Map(deployments.map((each) => [each.id, each]));
  const modelOf = new Map(agents.map((each) => [`${each.deploymentId}/${each.id}`, each.model]));
  const pooled = new Set(pool.map(({ deploymentId }) => deploymentId));
  const alone = agents.filter((each) => each.visibility === 'private' && !pooled.has(each.deploymentId));
  const listed = new Set([...pooled, ...alone.map(({ deploymentId }) => deploymentId)]);
  return [
    ...pool.map((agent): AgentRow => {
      const deployment = deploymentOf.get(agent.deploymentId);
      return {
        id: agent.id,
        href: `/agents/${agent.id}/`,
        name: agent.name,
        capabilities: agent.capabilities,
        deployment,
        pool: agent,
        model: modelOf.get(`${agent.deploymentId}/${agent.agentId}`) ?? deployment?.model ?? null,
        online: agent.online,
        isPrivate: false,
        talk: agent,
      };
    }),
    ...alone.map(({ id, name, deploymentId, deploymentName, model, online, skills, first }): AgentRow => {
      const deployment = deploymentOf.get(deploymentId);
      return {
        id: `${deploymentId}/${id}`,
        href: deployment ? `/deployments/${deploymentId}/` : '/settings/?section=connections',
        name: first ? deploymentName : `${deploymentName}/${name}`,
        capabilities: deployment?.capabilities ?? skills,
        deployment,
        pool: undefined,
        model: model ?? deployment?.model ?? null,
        online,
        isPrivate: true,
        talk: { deploymentId, agentId: id },
      };
    }),
    ...deployments
      .filter(({ id, state }) => !listed.has(id) && state !== 'deleted')
      .map((deployment): AgentRow => ({
        id: deployment.id,
        href: `/deployments/${deployment.id}/`,
        name: deployment.name,
        capabilities: deployment.capabilities,
        deployment,
        pool: undefined,
        model: deployment.model,
        online: false,
        isPrivate: deployment.visibility === 'private',
        talk: null,
      })),
  ].sort((a, b) => a.name.localeCompare(b.name));
}

/** What the row's badge says: the deployment's state unless it is ready, then whether the agent can be reached. */
export function stateOf({
  deployment,
  pool,
  online,
}: Pick<AgentRow, 'deployment' | 'pool' | 'online'>): string {
  if (deployment && deployment.state !== 'ready') return deployment.state;
  if (!online) return 'disconnected';
  return pool && pool.load > 0 ? 'working' : 'ready';
}

/** Share of attempts that ended in accepted work; null before there were any. */
export function successOf({ accepted, failed }: PoolAgent): number | null {
  const total = accepted + failed;
  return total === 0 ? null : accepted / total;
}
