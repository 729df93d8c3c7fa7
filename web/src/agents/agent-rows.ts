import type { Deployment } from '@aether/contracts/deployment';
import type { PoolAgent } from '@aether/contracts/execution';
import type { Agent } from '@aether/contracts/openclaw';

/** One line of the hub: an agent of the pool, or a deployment that has none (yet). */
export interface AgentRow {
  readonly id: string;
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly deployment: Deployment | undefined;
  readonly pool: PoolAgent | undefined;
  readonly model: string | null;
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
  return [
    ...pool.map((agent): AgentRow => {
      const deployment = deploymentOf.get(agent.deploymentId);
      return {
        id: agent.id,
        name: agent.name,
        capabilities: agent.capabilities,
        deployment,
        pool: agent,
        model: modelOf.get(`${agent.deploymentId}/${agent.agentId}`) ?? deployment?.model ?? null,
      };
    }),
    ...deployments
      .filter(({ id, state }) => !pooled.has(id) && state !== 'deleted')
      .map((deployment): AgentRow => ({
        id: deployment.id,
        name: deployment.name,
        capabilities: deployment.capabilities,
        deployment,
        pool: undefined,
        model: deployment.model,
      })),
  ].sort((a, b) => a.name.localeCompare(b.name));
}

/** What the row's badge says: the deployment's state unless it is ready, then whether the agent can be reached. */
export function stateOf({ deployment, pool }: Pick<AgentRow, 'deployment' | 'pool'>): string {
  if (deployment && deployment.state !== 'ready') return deployment.state;
  if (!pool) return deployment?.state ?? 'disconnected';
  if (!pool.online) return 'disconnected';
  return pool.load > 0 ? 'working' : 'ready';
}

/** Share of attempts that ended in accepted work; null before there were any. */
export function successOf({ accepted, failed }: PoolAgent): number | null {
  const total = accepted + failed;
  return total === 0 ? null : accepted / total;
}
