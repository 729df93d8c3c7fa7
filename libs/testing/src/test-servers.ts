import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { findNatsServer } from '@aether/local-stack/nats-server';
import { startPostgres } from '@aether/local-stack/postgres';
import { environment, natsDirectory } from './config.js';
import { freePort } from './free-port.js';
import { makeRunDirectory, removeAbandonedRuns, removeRun } from './run-directory.js';

/** What a test's process is told about the run it belongs to. */
export interface TestServers {
  /** Of the superuser. */
  readonly postgresUrl: string;
  /** The nats-server program. */
  readonly natsBinary: string;
}

export interface TestServersHost {
  /** GET it for `TestServers`. */
  readonly url: string;
  /** Servers of single tests keep their data below it. */
  readonly directory: string;
  /** Ends every server of the run and removes what it wrote. */
  stop(): Promise<void>;
}

/**
 * Answers the processes of one test run. The servers are started when they are first asked for, so that a run
 * that needs none is not kept waiting.
 */
export async function hostTestServers(): Promise<TestServersHost> {
  await removeAbandonedRuns();
  const directory = await makeRunDirectory();
  let servers: Promise<TestServers> | undefined;
  const server = createServer((_, response) => {
    // A kept connection may be closed from here just when a test's process asks through it again.
    response.setHeader('connection', 'close');
    servers ??= startServers(directory);
    servers.then(
      (facts) => response.end(JSON.stringify(facts)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    directory,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await servers?.catch(() => undefined);
      await removeRun(directory);
    },
  };
}

async function startServers(directory: string): Promise<TestServers> {
  const binary = environment['NATS_SERVER_BIN'];
  const [natsBinary, postgres] = await Promise.all([
    findNatsServer({
      cacheDir: natsDirectory,
      path: environment['PATH'] ?? '',
      ...(binary === undefined ? {} : { binary }),
    }),
    startPostgres({
      dataDir: join(directory, 'postgres'),
      port: await freePort(),
      password: randomBytes(16).toString('hex'),
      durable: false,
    }),
  ]);
  return { natsBinary, postgresUrl: postgres.url };
}
