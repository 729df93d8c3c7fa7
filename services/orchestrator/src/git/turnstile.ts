import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';

/** Lets one through at a time for each name: here by waiting in line, between instances by a lock of the database. */
@Injectable()
export class Turnstile {
  private readonly lines = new Map<string, Promise<unknown>>();

  constructor(private readonly database: Database) {}

  async pass<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.lines.get(name) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(() => this.locked(name, work));
    this.lines.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.lines.get(name) === mine) this.lines.delete(name);
    }
  }

  private locked<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.database.read((source) =>
      source.transaction(async (manager) => {
        await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
        return work();
      }),
    );
  }
}
