import { IsNull, Not, type EntityManager } from 'typeorm';
import { sha256 } from '../tokens.js';
import { RefreshToken } from './refresh-token.entity.js';
import { Session } from './session.entity.js';

export interface PresentedToken {
  readonly session: Session;
  readonly token: RefreshToken;
  readonly successorUsed: boolean;
}

/** Finds a token of any age and locks its session, so that two uses at once are seen one after the other. */
export async function lockByToken(manager: EntityManager, token: string): Promise<PresentedToken | null> {
  const tokenHash = sha256(token);
  const found = await manager.findOneBy(RefreshToken, { tokenHash });
  const session =
    found &&
    (await manager.findOne(Session, {
      where: { id: found.sessionId },
      lock: { mode: 'pessimistic_write' },
    }));
  if (!session) return null;
  const current = await manager.findOneByOrFail(RefreshToken, { tokenHash });
  const successorUsed = await manager.existsBy(RefreshToken, {
    parentId: current.id,
    exchangedAt: Not(IsNull()),
  });
  return { session, token: current, successorUsed };
}

export async function insertSession(manager: EntityManager, session: Session): Promise<void> {
  await manager.insert(Session, session);
}

export async function saveSession(manager: EntityManager, session: Session): Promise<void> {
  await manager.save(session);
}

export async function insertRefreshToken(manager: EntityManager, token: RefreshToken): Promise<void> {
  await manager.insert(RefreshToken, token);
}

/** Marks a token exchanged and every other token that still could be as retired. */
export async function exchange(manager: EntityManager, token: RefreshToken, now: Date): Promise<void> {
  await manager.update(
    RefreshToken,
    { sessionId: token.sessionId, id: Not(token.id), exchangedAt: IsNull(), retiredAt: IsNull() },
    { retiredAt: now },
  );
  await manager.update(RefreshToken, { id: token.id }, { exchangedAt: now });
}

/** Locks the sessions of a user that still run. */
export async function lockSessionsOf(manager: EntityManager, userId: string): Promise<Session[]> {
  return manager.find(Session, {
    where: { userId, revokedAt: IsNull() },
    lock: { mode: 'pessimistic_write' },
    order: { id: 'ASC' },
  });
}
