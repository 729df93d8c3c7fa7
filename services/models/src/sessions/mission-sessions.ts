import type { InputOf } from '@aether/contracts/contract';
import type { modelsRequests } from '@aether/contracts/models';
import { requireService } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';
import { Database, type Transaction } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { MissionSession } from './mission-session.entity.js';

const KNOWN_MAX = 10_000;

/** Which sessions work for which mission, so that a model call can be counted for it. */
@Injectable()
export class MissionSessions {
  /** A session is attributed before its first call, so what was read once stays true. */
  private readonly known = new Map<string, string | null>();

  constructor(private readonly database: Database) {}

  async attribute(
    input: InputOf<(typeof modelsRequests)['attributeSession']>,
    context: Context,
  ): Promise<Record<never, never>> {
    requireService(context);
    await this.database.transaction(context, async ({ manager, afterCommit }) => {
      await manager.upsert(MissionSession, input, ['deploymentId', 'session']);
      afterCommit(() => this.known.delete(keyOf(input)));
    });
    return {};
  }

  /** Null where the session works for none. Throws `unavailable` where that cannot be known. */
  async missionOf(call: { deploymentId: string; session: string | null }): Promise<string | null> {
    const { deploymentId, session } = call;
    if (session === null) return null;
    const key = keyOf({ deploymentId, session });
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const row = await this.database.read((manager) =>
      manager.findOneBy(MissionSession, { deploymentId, session }),
    );
    const [oldest] = this.known.keys();
    if (this.known.size >= KNOWN_MAX && oldest !== undefined) this.known.delete(oldest);
    this.known.set(key, row?.missionId ?? null);
    return row?.missionId ?? null;
  }

  async forget(
    { manager }: Transaction,
    of: { deploymentId: string } | { missionId: string },
  ): Promise<void> {
    await manager.delete(MissionSession, of);
  }
}

const keyOf = ({ deploymentId, session }: { deploymentId: string; session: string }) =>
  `${deploymentId} ${session}`;
