import type { EntityManager } from 'typeorm';
import { UserAccount } from './user.entity.js';

export async function anyUserExists(manager: EntityManager): Promise<boolean> {
  return manager.exists(UserAccount, {});
}

export async function findUser(manager: EntityManager, id: string): Promise<UserAccount | null> {
  return manager.findOneBy(UserAccount, { id });
}

export async function findUserByEmail(manager: EntityManager, email: string): Promise<UserAccount | null> {
  return manager.findOneBy(UserAccount, { email });
}

export async function insertUser(
  manager: EntityManager,
  fields: Omit<UserAccount, 'toUser'>,
): Promise<UserAccount> {
  return manager.save(manager.create(UserAccount, fields));
}

export async function storePasswordHash(
  manager: EntityManager,
  userId: string,
  passwordHash: string,
): Promise<void> {
  await manager.update(UserAccount, { id: userId }, { passwordHash });
}
