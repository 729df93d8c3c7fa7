import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { RepositoryError } from '../git/repository.js';
import type { AttemptRow } from './attempt.entity.js';
import { Places } from './places.js';

/** As whom agents in containers work: the user of the official images. */
const USER_ID = 1_000;
const PACK = ['--create', '--file=-'];
const UNPACK = ['--extract', '--file=-', '--no-same-owner', '--no-same-permissions'];
const TAR = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C' };

const run = promisify(execFile);

/**
 * What an agent in a container works on: the files of its attempt's worktree, as files of the container's user. It may
 * do to them, and to the git repository among them, whatever it likes while Aether looks: so they are read and
 * written as that user, no git is ever run on them, and all else is done in the worktree, which the container
 * does not see. For agents of other workplaces nothing happens here.
 */
@Injectable()
export class SharedCopy {
  constructor(private readonly places: Places) {}

  /** Makes the copy, anew where there is one. Throws `RepositoryError` where this user may not. */
  async lend(attempt: AttemptRow): Promise<void> {
    const copy = this.places.sharedCopyOf(attempt);
    if (copy === null) return;
    await this.remove(attempt);
    await mkdir(copy, { recursive: true });
    await this.give(copy);
    const worktree = this.places.directoryOf(attempt);
    const { branch } = attempt;
    const repository = await this.places.repositoryOf(attempt.claimed.mission);
    if (repository && branch) {
      const path = ownRepositoryOf(worktree);
      await repository.cloneBranch({ path, branch });
      await copyFiles({ from: path, to: copy, as: 'container' }, ['./.git']);
      await rm(path, { recursive: true, force: true });
    }
    await copyFiles({ from: worktree, to: copy, as: 'container' }, ['--exclude=./.git', '.']);
  }

  /** Has the worktree hold what the copy holds, without any repository that was made in it. */
  async takeBack(attempt: AttemptRow): Promise<void> {
    const copy = this.places.sharedCopyOf(attempt);
    if (copy === null || !(await isThere(copy))) return;
    const worktree = this.places.directoryOf(attempt);
    for (const name of await readdir(worktree))
      if (name !== '.git') await rm(join(worktree, name), { recursive: true, force: true });
    await copyFiles({ from: copy, to: worktree, as: 'owner' }, ['--exclude=.git', '.']);
  }

  async remove(attempt: AttemptRow): Promise<void> {
    const copy = this.places.sharedCopyOf(attempt);
    // Unlike a removal by path after path, this one is not led astray by links that appear meanwhile.
    if (copy === null) return;
    await run('rm', ['-rf', '--one-file-system', '--', copy]);
    await rm(ownRepositoryOf(this.places.directoryOf(attempt)), { recursive: true, force: true });
  }

  private async give(copy: string): Promise<void> {
    try {
      await chown(copy, USER_ID, USER_ID);
    } catch (cause) {
      throw new RepositoryError(
        'workspace_owner',
        `Agents in containers work as user ${USER_ID}, and ${copy} cannot be given to them.`,
        'Run Aether as root or as the user with this number, or have such agents work by `clone`: set it in the pool.',
        { cause },
      );
    }
  }
}

/** Copies by two programs and a pipe; whichever is at the container's end has the rights of its user only. */
async function copyFiles(
  { from, to, as }: { from: string; to: string; as: 'container' | 'owner' },
  what: readonly string[],
): Promise<void> {
  const user = process.getuid?.() === USER_ID ? {} : { uid: USER_ID, gid: USER_ID };
  const [packer, unpacker] = as === 'container' ? [{}, user] : [user, {}];
  // Named by where they are begun: the way there is not open to that user.
  const pack = spawn('tar', [...PACK, ...what], { cwd: from, env: TAR, ...packer });
  const unpack = spawn('tar', UNPACK, { cwd: to, env: TAR, ...unpacker });
  const said: Buffer[] = [];
  for (const { stderr } of [pack, unpack]) stderr.on('data', (piece: Buffer) => said.push(piece));
  const [packed, unpacked] = await Promise.all([
    endOf(pack),
    endOf(unpack),
    // Who unpacks leaves at the archive's last block, which may be before its pipe is seen to end: how both ended tells.
    pipeline(pack.stdout, unpack.stdin).catch(() => undefined),
  ]);
  // 1: a file changed while it was read, which the agent's own programs may still do.
  if ((packed === 0 || packed === 1) && unpacked === 0) return;
  throw new Error(`tar could not copy ${from} to ${to}: ${Buffer.concat(said).toString().slice(-500)}`);
}

/** Its exit code; null where a signal ended it. */
async function endOf(program: ChildProcess): Promise<number | null> {
  const [code] = (await once(program, 'exit')) as [number | null];
  return code;
}

/** Made beside the worktree, where no container sees it, and copied when it is whole. */
const ownRepositoryOf = (worktree: string) => `${worktree}.own`;

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
