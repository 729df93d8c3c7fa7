import type { EntityManager } from 'typeorm';
import { SetupToken } from './setup-token.entity.js';

/** Holds, until the transaction ends, everybody else who is about to set this system up. */
export async function lockSetup(manager: EntityManager): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtext('aether.auth.setup'))`);
}

export async function findSetupToken(manager: EntityManager): Promise<SetupToken | null> {
  return manager.findOne(SetupToken, { where: {} });
}

export async function replaceSetupToken(manager: EntityManager, token: SetupToken): Promise<void> {
  await manager.upsert(SetupToken, token, ['id']);
}

export async function deleteSetupToken(manager: EntityManager): Promise<void> {
  await manager.createQueryBuilder().delete().from(SetupToken).execute();
}
