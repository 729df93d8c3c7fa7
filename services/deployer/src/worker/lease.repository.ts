import type { DeploymentState } from '@aether/contracts/deployer';
import { serviceContext } from '@aether/messaging/context';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { Deployment } from '../deployment.entity.js';
import type { Claim } from '../deployment.repository.js';
import { restingStates } from '../operation-plan.js';

/** What a holder is told of a deployment when it renews its lease. */
export interface Held extends Claim {
  readonly operationId: string;
  readonly state: DeploymentState;
}

/** Leases count by the database's clock, so that instances need not agree on the time. */
const fromNow = (seconds: number) => () => `now() + interval '${seconds} seconds'`;

@Injectable()
export class LeaseRepository {
  constructor(private readonly database: Database) {}

  /** Takes the deployments that need a holder and have none alive; each goes to one instance only. */
  async claim(holder: string, leaseS: number): Promise<Claim[]> {
    return this.take({ holder, leaseS, condition: 'deployment.state NOT IN (:...resting)' });
  }

  /** Takes one deployment in whatever state it is; null while somebody else holds it. */
  async claimOne(holder: string, { id, leaseS }: { id: string; leaseS: number }): Promise<Claim | null> {
    const [claim] = await this.take({ holder, leaseS, condition: 'deployment.id = :id', id });
    return claim ?? null;
  }

  /** Prolongs the holder's leases on these deployments and tells how they stand; those lost are left out. */
  async renew(holder: string, { ids, leaseS }: { ids: string[]; leaseS: number }): Promise<Held[]> {
    return this.database.read(async (manager) => {
      const result = await manager
        .createQueryBuilder()
        .update(Deployment)
        .set({ leaseUntil: fromNow(leaseS) })
        .where({ leaseHolder: holder, id: In(ids) })
        .returning(['id', 'leaseFence', 'operationId', 'state'])
        .execute();
      return (
        result.raw as { id: string; lease_fence: number; operation_id: string; state: DeploymentState }[]
      ).map((row) => ({
        id: row.id,
        fence: row.lease_fence,
        operationId: row.operation_id,
        state: row.state,
      }));
    });
  }

  /** Gives a lease back, unless somebody else has it by now. */
  async release({ id, fence }: Claim): Promise<void> {
    await this.database.read((manager) =>
      manager.update(Deployment, { id, leaseFence: fence }, { leaseHolder: null, leaseUntil: null }),
    );
  }

  /** Deployments whose wait should have ended `graceS` ago although somebody holds them. */
  async overdue(graceS: number): Promise<string[]> {
    const rows = await this.database.read((manager) =>
      manager
        .createQueryBuilder(Deployment, 'deployment')
        .select('deployment.id')
        .where(`deployment.state IN ('deploying', 'starting', 'stopping', 'deleting')`)
        .andWhere('deployment.lease_until > now()')
        .andWhere('deployment.deadline_at < now() - make_interval(secs => :graceS)', { graceS })
        .getMany(),
    );
    return rows.map(({ id }) => id);
  }

  private async take(options: {
    holder: string;
    leaseS: number;
    condition: string;
    id?: string;
  }): Promise<Claim[]> {
    return this.database.transaction(serviceContext('deployer'), async ({ manager }) => {
      const free = await manager
        .createQueryBuilder(Deployment, 'deployment')
        .select('deployment.id')
        .where(options.condition, { resting: restingStates, id: options.id })
        .andWhere('(deployment.lease_until IS NULL OR deployment.lease_until < now())')
        .setLock('pessimistic_write')
        .setOnLocked('skip_locked')
        .getMany();
      if (free.length === 0) return [];
      const result = await manager
        .createQueryBuilder()
        .update(Deployment)
        .set({
          leaseHolder: options.holder,
          leaseFence: () => 'lease_fence + 1',
          leaseUntil: fromNow(options.leaseS),
        })
        .where({ id: In(free.map(({ id }) => id)) })
        .returning(['id', 'leaseFence'])
        .execute();
      return (result.raw as { id: string; lease_fence: number }[]).map((row) => ({
        id: row.id,
        fence: row.lease_fence,
      }));
    });
  }
}
