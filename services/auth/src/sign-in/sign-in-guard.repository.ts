import type { EntityManager } from 'typeorm';
import { SignInGuard } from './sign-in-guard.entity.js';

export async function findGuard(manager: EntityManager, emailHash: Buffer): Promise<SignInGuard | null> {
  return manager.findOneBy(SignInGuard, { emailHash });
}

/** Counts one failure; several at once, on any instance, are counted one after the other. */
export async function countFailure(manager: EntityManager, emailHash: Buffer, now: Date): Promise<void> {
  await manager
    .createQueryBuilder()
    .insert()
    .into(SignInGuard)
    .values({ emailHash, failures: 0, failedAt: now })
    .orIgnore()
    .execute();
  const guard = await manager.findOneOrFail(SignInGuard, {
    where: { emailHash },
    lock: { mode: 'pessimistic_write' },
  });
  guard.fail(now);
  await manager.save(guard);
}

export async function forgetFailures(manager: EntityManager, emailHash: Buffer): Promise<void> {
  await manager.delete(SignInGuard, { emailHash });
}
