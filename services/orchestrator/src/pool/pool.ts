import type { InputOf } from '@aether/contracts/contract';
import { deployerRequests, type Deployment } from '@aether/contracts/deployer';
import { executionRequests, type PoolAgent, type Workplace } from '@aether/contracts/execution';
import { openclawRequests } from '@aether/contracts/openclaw';
import { requirePermission } from '@aether/messaging/access';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { allPages } from '../all-pages.js';
import { AttemptRepository } from '../attempts/attempt.repository.js';
import type { PoolAgentRow } from './pool-agent.entity.js';
import { PoolRepository, type SeenAgent } from './pool.repository.js';

const workplaces: Readonly<Record<Deployment['runtime'], Workplace>> = {
  process: 'worktree',
  docker: 'copy',
  swarm: 'copy',
};

/** A change that no event told of is seen after this time. */
const KNOWN_FOR_MS = 5_000;

/** The agents that may be given tasks: those of every deployment that is connected or was. */
@Injectable()
export class Pool {
  private seenAt = 0;

  constructor(
    private readonly messaging: Messaging,
    private readonly agents: PoolRepository,
    private readonly attempts: AttemptRepository,
  ) {}

  /** Something about agents has changed: they are looked at anew before the next choice. */
  forget(): void {
    this.seenAt = 0;
  }

  async current(): Promise<PoolAgentRow[]> {
    if (Date.now() - this.seenAt < KNOWN_FOR_MS) return this.agents.all();
    const rows = await this.agents.take(await this.look());
    this.seenAt = Date.now();
    return rows;
  }

  async list(): Promise<{ items: PoolAgent[] }> {
    const [rows, loads] = [await this.current(), await this.attempts.loads()];
    return { items: rows.map((row) => row.reply(loads.agents.get(row.id) ?? 0)) };
  }

  async update(
    { id, capabilities, workplace, enabled, concurrency }: InputOf<typeof executionRequests.updatePoolAgent>,
    context: RequestContext<typeof executionRequests.updatePoolAgent>,
  ): Promise<PoolAgent> {
    requirePermission(context, 'agents:write');
    const row = await this.agents.update(id, {
      ...(capabilities !== undefined && { editedCapabilities: capabilities }),
      ...(workplace !== undefined && { editedWorkplace: workplace }),
      ...(enabled !== undefined && { enabled }),
      ...(concurrency !== undefined && { concurrency }),
    });
    if (!row) throw context.fail('pool_agent_not_found');
    return row.reply((await this.attempts.loads()).agents.get(id) ?? 0);
  }

  private async look(): Promise<SeenAgent[]> {
    const context = serviceContext('orchestrator');
    const [{ items: agents }, deployments] = await Promise.all([
      this.messaging.call(openclawRequests.listAgents, {}, context),
      this.deployments(),
    ]);
    // The pool works for everybody; who keeps a gateway to themselves only talks to its agents.
    const items = agents.filter(({ visibility }) => visibility === 'open');
    return items.map(({ deploymentId, deploymentName, id: agentId, name, skills, online, remote }) => {
      const isOnly = items.filter((other) => other.deploymentId === deploymentId).length === 1;
      return {
        deploymentId,
        agentId,
        name: isOnly ? deploymentName : `${deploymentName}/${name}`,
        givenCapabilities: deployments.get(deploymentId)?.capabilities ?? [],
        reportedCapabilities: skills,
        givenWorkplace: remote ? 'clone' : workplaces[deployments.get(deploymentId)?.runtime ?? 'process'],
        online,
      };
    });
  }

  private async deployments(): Promise<Map<string, Deployment>> {
    const context = serviceContext('orchestrator');
    const all = await allPages((at) =>
      this.messaging.call(deployerRequests.listDeployments, { limit: 200, ...at }, context),
    );
    return new Map(all.map((deployment) => [deployment.id, deployment]));
  }
}
