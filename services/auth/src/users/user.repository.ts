import { pageById, type PageBounds } from '@aether/persistence/paging';
import { IsNull, LessThan, MoreThan, Not, type EntityManager } from 'typeorm';
import { UserAccount } from './user.entity.js';

/** True from the first account on, whatever became of it: a system is set up once. */
export async function anyUserExists(manager: EntityManager): Promise<boolean> {
  return manager.exists(UserAccount, {});
}

export async function findUser(manager: EntityManager, id: string): Promise<UserAccount | null> {
  return manager.findOneBy(UserAccount, { id, deletedAt: IsNull() });
}

/** With its row held, so that what is decided about the account stays true until the transaction ends. */
export async function lockUser(manager: EntityManager, id: string): Promise<UserAccount | null> {
  return manager.findOne(UserAccount, {
    where: { id, deletedAt: IsNull() },
    lock: { mode: 'pessimistic_write' },
  });
}

export async function findUserByEmail(manager: EntityManager, email: string): Promise<UserAccount | null> {
  return manager.findOneBy(UserAccount, { email, deletedAt: IsNull() });
}

export async function pageUsers(manager: EntityManager, bounds: PageBounds) {
  return pageById(
    manager.createQueryBuilder(UserAccount, 'user_account').where({ deletedAt: IsNull() }),
    bounds,
  );
}

/** Whose standing changed since then, deleted accounts as well. */
export async function listChangedSince(manager: EntityManager, since: Date): Promise<UserAccount[]> {
  return manager.findBy(UserAccount, { standingChangedAt: MoreThan(since) });
}

export async function insertUser(manager: EntityManager, user: UserAccount): Promise<UserAccount> {
  await manager.insert(UserAccount, user);
  return user;
}

export async function saveUser(manager: EntityManager, user: UserAccount): Promise<void> {
  await manager.save(user);
}

export async function storePasswordHash(
  manager: EntityManager,
  userId: string,
  passwordHash: string,
): Promise<void> {
  await manager.update(UserAccount, { id: userId }, { passwordHash });
}

/** Holds, until the transaction ends, everybody else who is about to make an administrator less. */
export async function lockAdmins(manager: EntityManager): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtext('aether.auth.admins'))`);
}

/** To be asked under `lockAdmins`. */
export async function isLastAdmin(manager: EntityManager, user: UserAccount): Promise<boolean> {
  if (!user.isActiveAdmin) return false;
  return !(await manager.existsBy(UserAccount, {
    id: Not(user.id),
    role: 'admin',
    disabledAt: IsNull(),
    deletedAt: IsNull(),
  }));
}

/** Holds, until the transaction ends, everybody else who is about to give this address an account. */
export async function lockEmail(manager: EntityManager, email: string): Promise<void> {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtext('aether.auth.email:' || $1))`, [email]);
}

export async function deleteUserRows(manager: EntityManager, deletedBefore: Date): Promise<void> {
  await manager.delete(UserAccount, { deletedAt: LessThan(deletedBefore) });
}
