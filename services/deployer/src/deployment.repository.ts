import { deployerEvents, type DeploymentState } from '@aether/contracts/deployer';
import type { PageQuery } from '@aether/contracts/schemas';
import { canSee } from '@aether/messaging/access';
import type { Actor, Context } from '@aether/messaging/context';
import { Database, type Transaction } from '@aether/persistence/database';
import { pageById } from '@aether/persistence/paging';
import { onlyVisible } from '@aether/persistence/visibility';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { Not, QueryFailedError, type EntityManager } from 'typeorm';
import { validate } from 'uuid';
import type { z } from 'zod';
import { Deployment, type ConnectionNote } from './deployment.entity.js';
import { toReply } from './deployment.reply.js';
import { CLOCK } from './tokens.js';

/** The right to change a deployment: a holder's fence, and the operation it works on. */
export interface Claim {
  readonly id: string;
  readonly fence: number;
}

/** A claim on the operation that is going on. */
export interface Hold extends Claim {
  readonly operationId: string;
  readonly context: Context;
}

/** Thrown where another instance has taken over, or another operation has begun. */
export class ClaimLost extends Error {
  override readonly name = 'ClaimLost';
}

const notDeleted = Not<DeploymentState>('deleted');
const UNIQUE_VIOLATION = '23505';

@Injectable()
export class DeploymentRepository {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async page(
    actor: Actor,
    query: z.output<typeof PageQuery>,
  ): Promise<{ items: Deployment[]; nextCursor: string | null }> {
    return this.database.read((manager) => {
      const all = manager.createQueryBuilder(Deployment, 'deployment').where(`deployment.state <> 'deleted'`);
      return pageById(onlyVisible(all, actor), query);
    });
  }

  async get(id: string): Promise<Deployment | null> {
    return this.database.read((manager) => manager.findOneBy(Deployment, { id }));
  }

  async all(): Promise<Deployment[]> {
    return this.database.read((manager) => manager.find(Deployment));
  }

  /** By id, or by the name of one that is not deleted. Null as well where the actor may not see it. */
  async find(actor: Actor, ref: string): Promise<Deployment | null> {
    const deployment = await this.database.read((manager) => findByRef(manager, ref));
    return deployment && canSee(actor, deployment) ? deployment : null;
  }

  /** Ports and memory that other deployments hold. */
  async othersThan(id: string): Promise<Pick<Deployment, 'port' | 'reservedMb'>[]> {
    return this.database.read((manager) =>
      manager.find(Deployment, {
        where: { id: Not(id), state: notDeleted },
        select: { id: true, port: true, reservedMb: true },
      }),
    );
  }

  async insert(tx: Transaction, deployment: Deployment): Promise<'inserted' | 'name_taken'> {
    const { manager } = tx;
    if (await manager.existsBy(Deployment, { name: deployment.name, state: notDeleted })) return 'name_taken';
    try {
      await manager.insert(Deployment, deployment);
    } catch (error) {
      if (isUniqueViolation(error, 'UQ_deployment_name')) return 'name_taken';
      throw error;
    }
    await tx.publish(deployerEvents.deploymentCreated, { deployment: toReply(deployment) }, deployment);
    return 'inserted';
  }

  /**
   * Loads with a row lock, applies the change, stores it and tells of it, in the given transaction. Null where there is
   * none, or the transaction's actor may not see it.
   */
  async change(
    tx: Transaction,
    ref: string,
    apply: (deployment: Deployment) => unknown,
  ): Promise<Deployment | null> {
    const deployment = await findByRef(tx.manager, ref, { lock: true });
    if (!deployment || !canSee(tx.context.actor, deployment)) return null;
    if (apply(deployment) !== false) await this.store(tx, deployment);
    return deployment;
  }

  /** The same for the deployment whose gateway has this secret as its token, whoever replaced that. */
  async changeByTokenSecret(
    tx: Transaction,
    tokenSecretId: string,
    apply: (deployment: Deployment) => boolean,
  ): Promise<void> {
    const deployment = await tx.manager.findOne(Deployment, {
      where: { tokenSecretId, state: notDeleted },
      lock: { mode: 'pessimistic_write' },
    });
    if (deployment && apply(deployment)) await this.store(tx, deployment);
  }

  /** Keeps what the bridge tells of a connection; it is told on where it changes the state. */
  async noteConnection(
    tx: Transaction,
    id: string,
    { note, at }: { note: ConnectionNote; at: Date },
  ): Promise<void> {
    const deployment = await findByRef(tx.manager, id, { lock: true });
    if (!deployment || deployment.state === 'deleted') return;
    if (deployment.noteConnection(note, at)) await this.store(tx, deployment);
    else await tx.manager.update(Deployment, { id }, { connection: deployment.connection });
  }

  /** Like `change`, for the holder of a lease. Throws `ClaimLost` when it is no longer the holder. */
  async changeHeld(claim: Hold, apply: (deployment: Deployment) => unknown): Promise<Deployment> {
    return this.database.transaction(claim.context, async (tx) => {
      const deployment = await findByRef(tx.manager, claim.id, { lock: true });
      if (!deployment || deployment.leaseFence !== claim.fence)
        throw new ClaimLost('another instance took over');
      if (deployment.operationId !== claim.operationId) throw new ClaimLost('another operation began');
      if (apply(deployment) !== false) await this.store(tx, deployment);
      return deployment;
    });
  }

  /**
   * Keeps memory for an agent that is about to start. Two preflights are decided one after the other, so that
   * they cannot both take the last of it. False where what others keep does not leave enough of `availableMb`.
   */
  async reserve(claim: Hold, memory: { neededMb: number; availableMb: number }): Promise<boolean> {
    return this.database.transaction(claim.context, async ({ manager }) => {
      await manager.query(`SELECT pg_advisory_xact_lock(hashtext('deployer.memory'))`);
      const kept = await manager.sum(Deployment, 'reservedMb', { id: Not(claim.id) });
      if (memory.availableMb - (kept ?? 0) < memory.neededMb) return false;
      await manager.update(
        Deployment,
        { id: claim.id, leaseFence: claim.fence, operationId: claim.operationId },
        { reservedMb: memory.neededMb },
      );
      return true;
    });
  }

  /** Gives the deployment a port. Null where another deployment has just been given it. */
  async takePort(claim: Hold, port: number): Promise<Deployment | null> {
    try {
      return await this.changeHeld(claim, (deployment) => {
        deployment.port = port;
      });
    } catch (error) {
      if (isUniqueViolation(error, 'UQ_deployment_port')) return null;
      throw error;
    }
  }

  /** Ids of deployments that are deleted since longer than `days`. */
  async deletedBefore(days: number): Promise<string[]> {
    const rows = await this.database.read((manager) =>
      manager
        .createQueryBuilder(Deployment, 'deployment')
        .select('deployment.id')
        .where(
          `deployment.state = 'deleted' AND deployment.updated_at < now() - make_interval(days => :days)`,
          { days },
        )
        .getMany(),
    );
    return rows.map(({ id }) => id);
  }

  private async store(tx: Transaction, deployment: Deployment): Promise<void> {
    deployment.version += 1;
    deployment.updatedAt = this.clock.now();
    await tx.manager.update(Deployment, { id: deployment.id }, { ...deployment });
    const { id: deploymentId, name } = deployment;
    await tx.publish(deployerEvents.deploymentChanged, { deployment: toReply(deployment) }, deployment);
    if (deployment.state === 'deleted')
      await tx.publish(deployerEvents.deploymentDeleted, { deploymentId, name }, deployment);
  }
}

async function findByRef(
  manager: EntityManager,
  ref: string,
  options: { lock?: boolean } = {},
): Promise<Deployment | null> {
  const lock = options.lock ? ({ lock: { mode: 'pessimistic_write' } } as const) : {};
  const byId = validate(ref) ? await manager.findOne(Deployment, { where: { id: ref }, ...lock }) : null;
  return byId ?? manager.findOne(Deployment, { where: { name: ref, state: notDeleted }, ...lock });
}

function isUniqueViolation(error: unknown, constraint: string): boolean {
  if (!(error instanceof QueryFailedError)) return false;
  const driver: unknown = error.driverError;
  if (!(driver instanceof Error) || !('code' in driver) || !('constraint' in driver)) return false;
  return driver.code === UNIQUE_VIOLATION && driver.constraint === constraint;
}
