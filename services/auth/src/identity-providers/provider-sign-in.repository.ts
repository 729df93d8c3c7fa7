import type { EntityManager } from 'typeorm';
import { sha256 } from '../tokens.js';
import { IdentityLink, ProviderSignIn } from './provider-sign-in.entity.js';

export async function insertProviderSignIn(manager: EntityManager, begun: ProviderSignIn): Promise<void> {
  await manager.insert(ProviderSignIn, begun);
}

/** Gives a begun sign-in to one caller only. */
export async function takeProviderSignIn(
  manager: EntityManager,
  state: string,
): Promise<ProviderSignIn | null> {
  const stateHash = sha256(state);
  const begun = await manager.findOne(ProviderSignIn, {
    where: { stateHash },
    lock: { mode: 'pessimistic_write' },
  });
  if (begun) await manager.delete(ProviderSignIn, { stateHash });
  return begun;
}

export async function findLink(
  manager: EntityManager,
  identity: Pick<IdentityLink, 'issuer' | 'subject'>,
): Promise<IdentityLink | null> {
  return manager.findOneBy(IdentityLink, { issuer: identity.issuer, subject: identity.subject });
}

export async function isLinkedAt(manager: EntityManager, userId: string, issuer: string): Promise<boolean> {
  return manager.existsBy(IdentityLink, { userId, issuer });
}

export async function insertLink(
  manager: EntityManager,
  link: Pick<IdentityLink, 'issuer' | 'subject' | 'userId' | 'createdAt'>,
): Promise<void> {
  await manager.insert(IdentityLink, link);
}

export async function unlinkIdentities(manager: EntityManager, userId: string): Promise<void> {
  await manager.delete(IdentityLink, { userId });
}

/** Holds, until the transaction ends, everybody else who comes with this identity. */
export async function lockIdentity(
  manager: EntityManager,
  { issuer, subject }: Pick<IdentityLink, 'issuer' | 'subject'>,
): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtext('aether.auth.identity:' || $1))`, [
    JSON.stringify([issuer, subject]),
  ]);
}
