import { execFile } from 'node:child_process';
import {
  access,
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { succeedsAs, SYSTEM_DIR, type PostgresAccount } from './postgres-binaries.js';

const run = promisify(execFile);

export interface ClusterOptions {
  readonly binaries: string;
  readonly dataDir: string;
  /** Of the superuser `postgres`. */
  readonly password: string;
  readonly account: PostgresAccount | null;
  readonly onProgress: (text: string) => void;
}

/**
 * The folder of the cluster, made at the first start: `data/` in the data directory. Where that lies below a
 * folder that the account cannot enter, `data` is a link to a place which it can.
 */
export async function ensureCluster(options: ClusterOptions): Promise<string> {
  const { dataDir, account, onProgress } = options;
  const data = join(dataDir, 'data');
  const present = await clusterFolder(data);
  if (present) return present;
  onProgress('making the database cluster');
  const target =
    account && !(await succeedsAs(account, 'test', ['-x', dataDir])) ? await systemFolder() : data;
  await makeCluster(target, options);
  if (target !== data) await symlink(target, data);
  return target;
}

/** Removes the cluster of a data directory, wherever it lies. Its server must have been stopped. */
export async function removeCluster(dataDir: string): Promise<void> {
  const data = join(dataDir, 'data');
  const linked = await readlink(data).catch(() => null);
  if (linked) await rm(dirname(linked), { recursive: true, force: true });
  await rm(data, { recursive: true, force: true });
}

/** Where the cluster of a data directory is, or null before the first start. */
async function clusterFolder(data: string): Promise<string | null> {
  const folder = await readlink(data).catch(() => data);
  return access(folder).then(
    () => folder,
    () => null,
  );
}

async function systemFolder(): Promise<string> {
  await mkdir(SYSTEM_DIR, { recursive: true, mode: 0o755 });
  const folder = await mkdtemp(join(SYSTEM_DIR, 'cluster-'));
  await chmod(folder, 0o711);
  return join(folder, 'data');
}

/** Made aside and moved into place whole: a cluster whose making was killed cannot be told from a good one. */
async function makeCluster(target: string, options: ClusterOptions): Promise<void> {
  const { binaries, password, account } = options;
  const partial = `${target}.partial`;
  const passwordFile = `${target}.password`;
  await rm(partial, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await mkdir(partial, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
  if (account) for (const file of [partial, passwordFile]) await chown(file, account.uid, account.gid);
  const args = [
    `--pgdata=${partial}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
  ];
  try {
    await run(join(binaries, 'bin', 'initdb'), args, {
      ...account,
      cwd: dirname(target),
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
    });
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim().split('\n').slice(-5).join('\n');
    throw new Error(`PostgreSQL's initdb failed in ${partial}:\n${said || String(cause)}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(partial, target);
}
