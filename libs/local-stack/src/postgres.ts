import { execFile } from 'node:child_process';
import { access, chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createHash } from 'node:crypto';
import { Client } from 'pg';
import { isOurs, lastLines, launch, readPid, stopProcess } from './owned-process.js';
import { postgresAccount, postgresBinaries, type PostgresAccount } from './postgres-binaries.js';

const run = promisify(execFile);

export interface PostgresOptions {
  /** Holds the cluster (`data/`) and its log; made if absent. */
  readonly dataDir: string;
  readonly port: number;
  /** Of the superuser `postgres`, set when the cluster is made. */
  readonly password: string;
  /** False gives up crash safety for speed: for tests only. Default true. */
  readonly durable?: boolean;
  readonly onProgress?: (text: string) => void;
}

export interface RunningPostgres {
  /** `postgres://postgres:…@127.0.0.1:port/postgres` */
  readonly url: string;
  readonly pid: number;
  /** Resolves with the reason when the server ends, wanted or not. */
  readonly exited: Promise<string>;
  /** Fast shutdown, bounded: clients are cut, nothing committed is lost. */
  stop(): Promise<void>;
}

const START_WITHIN_MS = 30_000;

/**
 * Starts PostgreSQL on 127.0.0.1 from the binaries in node_modules, making the cluster at the first start. One
 * left over from a killed parent is stopped first. Throws with the last log lines when it does not come up.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { port, password, onProgress = () => undefined } = options;
  const account = await postgresAccount();
  const home = await clusterHome(options.dataDir, account);
  const data = join(home, 'data');
  const binaries = await postgresBinaries(account, join(home, 'native'));
  await stopOrphan(data);
  const owner = account ?? {};
  const env = { PATH: process.execPath, LC_ALL: 'C', TZ: 'UTC' };

  if (!(await exists(join(data, 'PG_VERSION')))) {
    onProgress('making the database cluster');
    await makeCluster({ binaries, home, data, password, account });
  }
  const logFile = join(options.dataDir, 'postgres.log');
  const { pid, exited } = await launch({
    command: join(binaries, 'bin', 'postgres'),
    args: ['-D', data, '-p', String(port), ...settings(home, options.durable ?? true)],
    cwd: home,
    logFile,
    env,
    ...owner,
  });
  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  await waitUntilUp({ url, exited, logFile });
  return { url, pid, exited, stop: () => stopProcess(pid, { signal: 'SIGINT', graceMs: 15_000 }) };
}

/** Room for a handful of services on a laptop: small buffers, enough connections. */
function settings(home: string, durable: boolean): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '64MB',
    max_wal_size: '512MB',
    logging_collector: 'off',
    log_min_messages: 'warning',
    ...(!durable && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * The data directory itself, unless root made it below a folder that the account cannot enter: then a
 * readable place whose name follows from it.
 */
async function clusterHome(dataDir: string, account: PostgresAccount | null): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  if (!account) return dataDir;
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const reachable = await run('setpriv', [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    'test',
    '-x',
    dataDir,
  ])
    .then(() => true)
    .catch(() => false);
  const home = reachable ? dataDir : join('/var/lib', `aether-postgres-${name}`);
  await mkdir(home, { recursive: true });
  await chmod(home, 0o711);
  return home;
}

async function makeCluster(parts: {
  binaries: string;
  home: string;
  data: string;
  password: string;
  account: PostgresAccount | null;
}): Promise<void> {
  const { binaries, data, password, account } = parts;
  // A first start that was killed leaves a cluster without PG_VERSION, which initdb refuses.
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { mode: 0o700 });
  const passwordFile = join(tmpdir(), `aether-initdb-${process.pid}-${Date.now()}`);
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) {
    await chown(data, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  try {
    await run(
      join(binaries, 'bin', 'initdb'),
      [
        `--pgdata=${data}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
      ],
      { cwd: dirname(data), env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' }, ...(account ?? {}) },
    );
  } catch (cause) {
    const said = (cause as { stderr?: string }).stderr?.trim().split('\n').slice(-5).join('\n');
    throw new Error(`initdb failed in ${data}:\n${said ?? String(cause)}`, { cause });
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function stopOrphan(data: string): Promise<void> {
  const pid = await readPid(join(data, 'postmaster.pid'));
  if (pid !== null && (await isOurs(pid, data)))
    await stopProcess(pid, { signal: 'SIGINT', graceMs: 15_000 });
}

async function waitUntilUp(server: { url: string; exited: Promise<string>; logFile: string }): Promise<void> {
  let ended: string | undefined;
  void server.exited.then((reason) => (ended = reason));
  const deadline = Date.now() + START_WITHIN_MS;
  for (;;) {
    const client = new Client({ connectionString: server.url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      return;
    } catch (cause) {
      if (ended === undefined && Date.now() < deadline) await delay(25);
      else
        throw new Error(
          `PostgreSQL did not come up (${ended ?? `no answer within ${START_WITHIN_MS / 1000} s`}). Its last words:\n${await lastLines(server.logFile)}`,
          { cause },
        );
    } finally {
      await client.end().catch(() => undefined);
    }
  }
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
