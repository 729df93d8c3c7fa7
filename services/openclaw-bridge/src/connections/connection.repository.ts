import { isDeepStrictEqual } from 'node:util';
import type { InputOf } from '@aether/contracts/contract';
import { openclawEvents, type openclawRequests, type ProbeReport } from '@aether/contracts/openclaw';
import { canSee, personOf, type Restricted } from '@aether/messaging/access';
import type { Actor, Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Database, type Transaction } from '@aether/persistence/database';
import { pageById, type PageBounds } from '@aether/persistence/paging';
import { onlyVisible } from '@aether/persistence/visibility';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { CLOCK } from '../tokens.js';
import { ConnectionRow, type ConnectionTarget, type KnownAgent } from './connection.entity.js';
import { ProbeRow } from './probe.entity.js';

const PROBES_KEPT = 200;

/** One row; with a fence only as long as it has that. */
type Which = Pick<ConnectionRow, 'id'> & Partial<Pick<ConnectionRow, 'leaseFence'>>;

@Injectable()
export class ConnectionRepository {
  constructor(
    private readonly database: Database,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async find(id: string): Promise<ConnectionRow | null> {
    return this.database.read((manager) => manager.findOneBy(ConnectionRow, { id }));
  }

  async findByDeployment(deploymentId: string): Promise<ConnectionRow | null> {
    return this.database.read((manager) => manager.findOneBy(ConnectionRow, { deploymentId }));
  }

  /** The connection, where the actor may see it. */
  async findFor(actor: Actor, id: string): Promise<ConnectionRow | null> {
    const row = await this.find(id);
    return row && canSee(actor, row) ? row : null;
  }

  /** That of a deployment or remote gateway, where the actor may see it. */
  async findGatewayFor(actor: Actor, deploymentId: string): Promise<ConnectionRow | null> {
    const row = await this.findByDeployment(deploymentId);
    return row && canSee(actor, row) ? row : null;
  }

  async list(actor: Actor, bounds: PageBounds) {
    return this.database.read((manager) =>
      pageById(onlyVisible(manager.createQueryBuilder(ConnectionRow, 'row'), actor), bounds),
    );
  }

  async ofIds(ids: readonly string[]): Promise<ConnectionRow[]> {
    return this.database.read((manager) => manager.findBy(ConnectionRow, { id: In(ids) }));
  }

  /**
   * Has their holders open anew the connections that show this secret. One that stands to the gateway of a deployment is
   * left: the gateway knows the old secret until it is restarted with the new, which closes and opens the connection.
   */
  async openAnewWithSecret(secretId: string): Promise<void> {
    await this.database.read((manager) =>
      manager
        .createQueryBuilder()
        .update(ConnectionRow)
        .set({ leaseFence: () => 'lease_fence + 1' })
        .where('(token_secret_id = :secretId OR access_secret_id = :secretId)', { secretId })
        .andWhere(`(kind = 'remote' OR state <> 'connected')`)
        .execute(),
    );
  }

  /** Everything that the actor's agents are listed from. */
  async all(actor: Actor): Promise<ConnectionRow[]> {
    return this.database.read((manager) =>
      onlyVisible(manager.createQueryBuilder(ConnectionRow, 'row'), actor).orderBy('row.id', 'ASC').getMany(),
    );
  }

  /** Makes or moves the connection of a deployment, within the caller's transaction; the same again changes nothing. */
  async aim(
    tx: Transaction,
    target: InputOf<typeof openclawRequests.openConnection>,
  ): Promise<ConnectionRow> {
    const { deploymentId, createdBy = tx.context.actor.id, ...rest } = target;
    // Two first openings at once are put in order, so that both get the one row.
    await tx.manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [deploymentId]);
    const found = await tx.manager.findOne(ConnectionRow, {
      where: { deploymentId },
      lock: { mode: 'pessimistic_write' },
    });
    if (found?.isAimedAt(rest)) return found;
    const row = found ?? fresh({ id: newId(), kind: 'deployed', deploymentId, createdBy });
    row.aim({ ...rest, createdBy });
    await this.save(tx, row);
    return row;
  }

  /** Takes over who sees a deployment; it may not be connected yet, and is told so when it is. */
  async restrict(tx: Transaction, deploymentId: string, to: Restricted): Promise<void> {
    const row = await tx.manager.findOne(ConnectionRow, {
      where: { deploymentId },
      lock: { mode: 'pessimistic_write' },
    });
    if (row) await this.save(tx, Object.assign(row, to));
  }

  /** Adds the connection of a remote gateway. Null where another has this name. */
  async addRemote(tx: Transaction, id: string, target: ConnectionTarget): Promise<ConnectionRow | null> {
    if (await this.isTaken(tx, { id, name: target.name })) return null;
    const row = fresh({ id, kind: 'remote', deploymentId: id, createdBy: personOf(tx.context.actor) });
    row.aim(target);
    await this.save(tx, row);
    return row;
  }

  /** Points the connection of a remote gateway elsewhere. Null where it is gone; `taken`: another has this name. */
  async aimRemote(
    tx: Transaction,
    id: string,
    target: Partial<ConnectionTarget>,
  ): Promise<ConnectionRow | 'taken' | null> {
    if (target.name !== undefined && (await this.isTaken(tx, { id, name: target.name }))) return 'taken';
    const row = await tx.manager.findOne(ConnectionRow, {
      where: { id },
      lock: { mode: 'pessimistic_write' },
    });
    if (!row) return null;
    row.aim(target);
    await this.save(tx, row);
    return row;
  }

  /** Two at once with one name are put in order. */
  private async isTaken(tx: Transaction, { id, name }: { id: string; name: string }): Promise<boolean> {
    await tx.manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('connection ' || $1, 0))`, [name]);
    return tx.manager.existsBy(ConnectionRow, { name, kind: 'remote', id: Not(id) });
  }

  /**
   * Loads with a row lock, applies `change`, saves, and tells by an event when anything but the time of the next
   * attempt has changed. Null when the row is gone, or has another fence than the one given.
   */
  async update(
    which: Which,
    context: Context,
    change: (row: ConnectionRow) => void,
  ): Promise<ConnectionRow | null> {
    return this.database.transaction(context, async (tx) => {
      const row = await tx.manager.findOne(ConnectionRow, {
        where: which,
        lock: { mode: 'pessimistic_write' },
      });
      if (!row) return null;
      const before = factsOf(row);
      change(row);
      if (!isDeepStrictEqual(factsOf(row), before)) await this.save(tx, row);
      else await tx.manager.save(row);
      return row;
    });
  }

  /** Tells of a closed connection for the last time, and forgets it with its probes. */
  async remove(tx: Transaction, id: string): Promise<void> {
    await tx.manager.delete(ProbeRow, { connectionId: id });
    await tx.manager.delete(ConnectionRow, { id });
  }

  /** Tells by an event where they are others than before. */
  async rememberAgents(which: Which, context: Context, agents: KnownAgent[]): Promise<void> {
    await this.database.transaction(context, async (tx) => {
      const row = await tx.manager.findOne(ConnectionRow, {
        where: which,
        lock: { mode: 'pessimistic_write' },
      });
      if (!row || isDeepStrictEqual(row.agents, agents)) return;
      row.agents = agents;
      await this.save(tx, row);
    });
  }

  async recordGap(id: string, context: Context, gap: { expected: number; received: number }): Promise<void> {
    await this.database.transaction(context, async (tx) => {
      await tx.manager.increment(ConnectionRow, { id }, 'gaps', 1);
      const row = await tx.manager.findOneBy(ConnectionRow, { id });
      const { expected: expectedSeq, received: receivedSeq } = gap;
      await tx.publish(
        openclawEvents.gapFilled,
        { connectionId: id, expectedSeq, receivedSeq },
        row ?? undefined,
      );
    });
  }

  async recordProbe(connectionId: string, report: ProbeReport): Promise<void> {
    await this.database.read(async (manager) => {
      await manager.insert(ProbeRow, { id: newId(), connectionId, report });
      const old = await manager.find(ProbeRow, {
        where: { connectionId },
        order: { id: 'DESC' },
        skip: PROBES_KEPT,
        take: PROBES_KEPT,
        select: { id: true },
      });
      if (old.length > 0)
        await manager.delete(
          ProbeRow,
          old.map((row) => row.id),
        );
    });
  }

  async probes(connectionId: string, bounds: PageBounds) {
    return this.database.read((manager) =>
      pageById(
        manager
          .createQueryBuilder(ProbeRow, 'row')
          .where('row.connectionId = :connectionId', { connectionId }),
        bounds,
      ),
    );
  }

  private async save(tx: Transaction, row: ConnectionRow): Promise<void> {
    row.version += 1;
    row.updatedAt = this.clock.now();
    await tx.manager.save(row);
    await tx.publish(openclawEvents.connectionChanged, { connection: row.reply() }, row);
  }
}

/** What people are told of a connection, without what changes at every attempt. */
function factsOf(row: ConnectionRow) {
  return { ...row.reply(), nextAttemptAt: null, version: 0, updatedAt: '' };
}

function fresh(who: Pick<ConnectionRow, 'id' | 'kind' | 'deploymentId' | 'createdBy'>): ConnectionRow {
  return Object.assign(new ConnectionRow(), {
    ...who,
    visibility: 'open' as const,
    auth: 'token' as const,
    tokenSecretId: null,
    accessClientId: null,
    accessSecretId: null,
    tlsFingerprint: null,
    methods: [],
    limits: null,
    gatewayVersion: null,
    protocol: null,
    scopes: [],
    bootId: null,
    gaps: 0,
    agents: [],
    version: 0,
    leaseHolder: null,
    leaseFence: 0,
  });
}
