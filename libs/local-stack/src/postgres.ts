import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { isOurs, lastLines, launch, readPid, stopProcess } from './owned-process.js';
import { postgresAccount, postgresBinaries } from './postgres-binaries.js';
import { ensureCluster } from './postgres-cluster.js';

export interface PostgresOptions {
  /** Holds the cluster (`data`) and its log; made if absent. */
  readonly dataDir: string;
  readonly port: number;
  /** Of the superuser `postgres`, set when the cluster is made. */
  readonly password: string;
  /** False has what is committed outlive a killed server, but not a lost machine: for tests only. Default true. */
  readonly durable?: boolean;
  readonly onProgress?: (text: string) => void;
}

export interface RunningPostgres {
  /** `postgres://postgres:…@127.0.0.1:port/postgres` */
  readonly url: string;
  readonly pid: number;
  /** Resolves with the reason when the server ends, wanted or not. */
  readonly exited: Promise<string>;
  /** Fast shutdown, at most 15 s before it is killed: clients are cut, nothing committed is lost. */
  stop(): Promise<void>;
}

const START_WITHIN_MS = 30_000;
// "Fast": clients are cut off. SIGTERM would wait for them.
const STOP = { signal: 'SIGINT', graceMs: 15_000 } as const;
const INVALID_PASSWORD = '28P01';

/**
 * Starts PostgreSQL on 127.0.0.1 from the binaries in node_modules, making the cluster at the first start. One
 * left over from a killed parent is stopped first. Throws with the last log lines when it does not come up
 * within 30 s.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { dataDir, port, password, durable = true, onProgress = () => undefined } = options;
  await mkdir(dataDir, { recursive: true });
  const account = await postgresAccount();
  const binaries = await postgresBinaries(account);
  const data = await ensureCluster({ binaries, dataDir, password, account, onProgress });
  await stopOrphan(data);

  const logFile = join(dataDir, 'postgres.log');
  const server = await launch({
    command: join(binaries, 'bin', 'postgres'),
    args: ['-D', data, '-p', String(port), ...settings(durable)],
    cwd: data,
    logFile,
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
    ...account,
  });
  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  try {
    await waitUntilUp({ url, data, logFile, exited: server.exited });
  } catch (error) {
    await server.stop(STOP);
    throw error;
  }
  return { url, pid: server.pid, exited: server.exited, stop: () => server.stop(STOP) };
}

/** Room for a handful of services on a laptop: small buffers, enough connections. */
function settings(durable: boolean): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '64MB',
    max_wal_size: '512MB',
    logging_collector: 'off',
    log_min_messages: 'warning',
    ...(!durable && { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function stopOrphan(data: string): Promise<void> {
  const pid = await readPid(join(data, 'postmaster.pid'));
  if (pid !== null && (await isOurs(pid, data))) await stopProcess(pid, STOP);
}

async function waitUntilUp(server: {
  url: string;
  data: string;
  logFile: string;
  exited: Promise<string>;
}): Promise<void> {
  let ended: string | undefined;
  void server.exited.then((reason) => (ended = reason));
  const deadline = Date.now() + START_WITHIN_MS;
  for (;;) {
    const client = new Client({ connectionString: server.url, connectionTimeoutMillis: 2_000 });
    try {
      await client.connect();
      return;
    } catch (cause) {
      if (cause instanceof DatabaseError && cause.code === INVALID_PASSWORD)
        throw new Error(
          `The PostgreSQL cluster in ${server.data} has another password than the one kept for it. Restore stack.json of the data directory, or move the data directory away to begin anew.`,
          { cause },
        );
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
