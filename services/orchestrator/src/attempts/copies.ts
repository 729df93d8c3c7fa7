import { chmod, lchown, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { RepositoryError } from '../git/repository.js';
import type { AttemptRow } from './attempt.entity.js';

/** As whom agents in containers work: the user of the official images. */
export const USER_ID = 1_000;
const EVERYBODY = 0o777;

/** Whether the attempt has a repository of its own, since its agent is another user. */
export function isCopy({ agent }: AttemptRow): boolean {
  return agent.workplace === 'copy';
}

/** Gives a directory with everything in it to the user of a container; throws `RepositoryError` where that is not allowed. */
export async function handTo(user: number, directory: string): Promise<void> {
  if (process.getuid?.() === user) return;
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    for (const entry of entries) await lchown(join(entry.parentPath, entry.name), user, user);
    await lchown(directory, user, user);
    await chmod(directory, EVERYBODY);
  } catch (error) {
    throw new RepositoryError(
      'workspace_owner',
      `Agents in containers work as user ${user}, and ${directory} cannot be given to them.`,
      'Run Aether as root or as the user with this number, or have such agents work by `clone`: set it in the pool.',
      { cause: error },
    );
  }
}
