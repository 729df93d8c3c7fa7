import { IsNull, MoreThan, Not, type EntityManager } from 'typeorm';
import { sha256 } from '../tokens.js';
import { RefreshToken } from './refresh-token.entity.js';
import { Session } from './session.entity.js';

/** Nobody looks through more; signing out everywhere ends the others as well. */
const LISTED_MAX = 200;

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

export async function touchSession(manager: EntityManager, id: string, lastUsedAt: Date): Promise<void> {
  await manager.update(Session, { id }, { lastUsedAt });
}

export async function lockSession(manager: EntityManager, id: string): Promise<Session | null> {
  return manager.findOne(Session, { where: { id }, lock: { mode: 'pessimistic_write' } });
}

/** Sessions of a user that still run, the one used last first. */
export async function listSessionsOf(manager: EntityManager, userId: string, now: Date): Promise<Session[]> {
  return manager.find(Session, {
    where: { userId, revokedAt: IsNull(), expiresAt: MoreThan(now) },
    order: { lastUsedAt: 'DESC', id: 'DESC' },
    take: LISTED_MAX,
  });
}

export async function listRevokedSince(manager: EntityManager, since: Date): Promise<Session[]> {
  return manager.findBy(Session, { revokedAt: MoreThan(since) });
}

/** Locks the sessions of a user that still run. */
export async function lockSessionsOf(manager: EntityManager, userId: string): Promise<Session[]> {
  return manager.find(Session, {
    where: { userId, revokedAt: IsNull() },
    lock: { mode: 'pessimistic_write' },
    order: { id: 'ASC' },
  });
}
