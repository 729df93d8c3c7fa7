import { newId } from '@aether/messaging/id';
import { IsNull, LessThan, type EntityManager } from 'typeorm';
import type { Sealed } from '../vault/vault.js';
import { RecoveryCode, SecondFactor } from './second-factor.entity.js';

export async function findSecondFactor(manager: EntityManager, userId: string): Promise<SecondFactor | null> {
  return manager.findOneBy(SecondFactor, { userId });
}

export async function storeSecondFactor(
  manager: EntityManager,
  userId: string,
  sealed: Sealed,
): Promise<void> {
  await manager.upsert(SecondFactor, { userId, sealed, lastStep: null }, ['userId']);
}

/** False where a code of this step or a later one was taken before, perhaps just now on another instance. */
export async function takeStep(manager: EntityManager, userId: string, step: number): Promise<boolean> {
  const { affected } = await manager.update(
    SecondFactor,
    [
      { userId, lastStep: IsNull() },
      { userId, lastStep: LessThan(step) },
    ],
    { lastStep: step },
  );
  return affected === 1;
}

export async function replaceCodes(
  manager: EntityManager,
  userId: string,
  codeHashes: readonly Buffer[],
): Promise<void> {
  await manager.delete(RecoveryCode, { userId });
  await manager.insert(
    RecoveryCode,
    codeHashes.map((codeHash) => ({ id: newId(), userId, codeHash })),
  );
}

/** Number of codes left where this was one of them, which it then no longer is; null where it was none. */
export async function useRecoveryCode(
  manager: EntityManager,
  userId: string,
  codeHash: Buffer,
): Promise<number | null> {
  const { affected } = await manager.delete(RecoveryCode, { userId, codeHash });
  return affected === 1 ? manager.countBy(RecoveryCode, { userId }) : null;
}

export async function deleteSecondFactor(manager: EntityManager, userId: string): Promise<void> {
  await manager.delete(SecondFactor, { userId });
  await manager.delete(RecoveryCode, { userId });
}
