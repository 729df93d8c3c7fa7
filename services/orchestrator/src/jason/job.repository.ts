import { newId } from '@aether/messaging/id';
import { Database, type Transaction } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { JasonJob } from './job.entity.js';

/** By the database's clock, so that instances need not agree on the time. */
const fromNow = (seconds: number) => () => `now() + interval '${seconds} seconds'`;

@Injectable()
export class JobRepository {
  constructor(private readonly database: Database) {}

  async add({ manager, context }: Transaction, work: JasonJob['work']): Promise<void> {
    await manager.insert(JasonJob, {
      id: newId(),
      work,
      correlationId: context.correlationId,
      taken: 0,
      leaseUntil: null,
      createdAt: new Date(),
    });
  }

  /** The oldest job that nobody alive holds. */
  async take(leaseS: number): Promise<JasonJob | null> {
    return this.database.read((source) =>
      source.transaction(async (manager) => {
        const job = await manager
          .createQueryBuilder(JasonJob, 'job')
          .where('(job.lease_until IS NULL OR job.lease_until < now())')
          .orderBy('job.id')
          .limit(1)
          .setLock('pessimistic_write')
          .setOnLocked('skip_locked')
          .getOne();
        if (!job) return null;
        job.taken += 1;
        await manager.update(JasonJob, { id: job.id }, { taken: job.taken, leaseUntil: fromNow(leaseS) });
        return job;
      }),
    );
  }

  /** False where somebody else has taken the job over. */
  async renew({ id, taken }: JasonJob, leaseS: number): Promise<boolean> {
    const result = await this.database.read((manager) =>
      manager.update(JasonJob, { id, taken }, { leaseUntil: fromNow(leaseS) }),
    );
    return result.affected === 1;
  }

  /** Gives the job back at once, for another instance or the next start. */
  async release({ id, taken }: JasonJob): Promise<void> {
    await this.database.read((manager) => manager.update(JasonJob, { id, taken }, { leaseUntil: null }));
  }

  async remove({ id, taken }: JasonJob): Promise<void> {
    await this.database.read((manager) => manager.delete(JasonJob, { id, taken }));
  }
}
