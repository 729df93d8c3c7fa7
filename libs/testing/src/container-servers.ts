import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { natsConfiguration } from '@aether/local-stack/nats';
import { postgresBinaries } from '@aether/local-stack/postgres-binaries';
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';
import { environment } from './config.js';
import { openClawImage } from './docker-engine.js';
import { servers, testUsers, type TestNats } from './environment.js';
import { freePort } from './free-port.js';

const run = promisify(execFile);
const IMAGE = 'aether/test-servers:1';
const REDIS_SERVER = '/usr/bin/redis-server';
const POSTGRES_DIRECTORY = '/opt/postgres';
const START_MS = 120_000;
/** As an ordinary user, which PostgreSQL insists on. */
const RUN_POSTGRES = [
  'cd /tmp && echo "$SUPERUSER_PASSWORD" > password',
  'initdb -D data -U postgres --pwfile=password --auth=scram-sha-256 --locale=C.UTF-8 > /dev/null',
  'echo "host all all all scram-sha-256" >> data/pg_hba.conf',
  'exec postgres -D data -c listen_addresses=* -c unix_socket_directories=/tmp -c max_connections=200',
].join(' && ');

// Its companion that removes what was left behind comes from a registry; `stop` removes what this starts.
environment['TESTCONTAINERS_RYUK_DISABLED'] = 'true';

/** Servers as somebody else runs them for an installation: each in a container, reached over the network. */
export interface ContainerServers {
  /** Of the superuser. */
  readonly postgresUrl: string;
  readonly redisUrl: string;
  readonly nats: TestNats;
  stop(): Promise<void>;
}

/** Starts PostgreSQL, NATS and Redis in containers of images that are built here, without a registry. */
export async function startContainerServers(): Promise<ContainerServers> {
  await buildImage();
  const password = randomBytes(12).toString('hex');
  const { users, passwordOf } = testUsers();
  // Their ports are the same again after a restart.
  const ports = { postgres: await freePort(), nats: await freePort(), redis: await freePort() };
  const config = natsConfiguration('in-a-container', { dataDir: '/tmp', port: 4222, users, host: '0.0.0.0' });
  const container = (command: string[], exposed: { container: number; host: number }, ready: RegExp) =>
    new GenericContainer(IMAGE)
      .withCommand(command)
      .withExposedPorts(exposed)
      .withWaitStrategy(Wait.forLogMessage(ready))
      .withStartupTimeout(START_MS);
  const [postgres, nats, redis] = await Promise.all([
    container(
      ['bash', '-c', RUN_POSTGRES],
      { container: 5432, host: ports.postgres },
      /ready to accept connections/u,
    )
      .withEnvironment({ SUPERUSER_PASSWORD: password })
      .start(),
    container(
      ['nats-server', '-c', '/tmp/nats.json'],
      { container: 4222, host: ports.nats },
      /Server is ready/u,
    )
      .withCopyContentToContainer([{ content: JSON.stringify(config), target: '/tmp/nats.json' }])
      .start(),
    container(
      ['redis-server', '--save', '', '--protected-mode', 'no', '--dir', '/tmp'],
      { container: 6379, host: ports.redis },
      /Ready to accept connections/iu,
    ).start(),
  ]);
  const at = (started: StartedTestContainer, port: number) => `${started.getHost()}:${port}`;
  return {
    postgresUrl: `postgres://postgres:${password}@${at(postgres, ports.postgres)}/postgres`,
    redisUrl: `redis://${at(redis, ports.redis)}`,
    nats: {
      url: `nats://${at(nats, ports.nats)}`,
      passwordOf,
      kill: async () => void (await run('docker', ['kill', nats.getId()])),
      start: () => nats.restart(),
      // It ends with the others: more than one may use it.
      stop: async () => undefined,
    },
    stop: async () => {
      await Promise.all([postgres.stop(), nats.stop(), redis.stop()]);
    },
  };
}

/** One image with the programs of all three, on the one that agents run in. */
async function buildImage(): Promise<void> {
  const base = await openClawImage();
  const context = await mkdtemp(join(tmpdir(), 'aether-servers-'));
  try {
    const root = join(context, 'root');
    const { natsBinary } = await servers();
    const postgres = join(root, POSTGRES_DIRECTORY);
    await cp(await postgresBinaries(null), postgres, { recursive: true, verbatimSymlinks: true });
    const programs = join(root, 'usr/local/bin');
    await mkdir(programs, { recursive: true });
    await cp(natsBinary, join(programs, 'nats-server'), { dereference: true });
    await cp(REDIS_SERVER, join(programs, 'redis-server'), { dereference: true });
    for (const library of await librariesOf([natsBinary, REDIS_SERVER, join(postgres, 'bin', 'postgres')]))
      if (!library.startsWith(root))
        await cp(library, join(root, library), { dereference: true, recursive: true });
    const path = `${POSTGRES_DIRECTORY}/bin:/usr/local/bin:/usr/bin:/bin`;
    const lines = [`FROM ${base}`, 'COPY root/ /', `ENV PATH=${path}`];
    await writeFile(join(context, 'Dockerfile'), lines.join('\n'));
    await GenericContainer.fromDockerfile(context).build(IMAGE, { deleteOnExit: false });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
}

/** Shared libraries that programs are linked to, by their paths on this machine. */
async function librariesOf(programs: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const program of programs) {
    // A program that is linked to none is told as a failure.
    const { stdout } = await run('ldd', [program]).catch(() => ({ stdout: '' }));
    for (const [path] of stdout.matchAll(/\/[^ :]*\.so[^ :]*/gu)) found.add(path);
  }
  return found;
}
