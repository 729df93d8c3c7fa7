import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isOurs, lastLines, launch, readPid, stopProcess } from './owned-process.js';

/** One account of the server and what it may do. */
export interface NatsUserSpec {
  readonly user: string;
  readonly password: string;
  /** Everything where absent. */
  readonly permissions?: {
    readonly publish: { readonly allow: readonly string[] };
    readonly subscribe: { readonly allow: readonly string[] };
    /** May answer a request it received, once, within two minutes. */
    readonly allowResponses: boolean;
  };
}

export interface NatsOptions {
  /** The `nats-server` program, see `findNatsServer`. */
  readonly binary: string;
  /** Holds the configuration, the streams and the log; made if absent. */
  readonly dataDir: string;
  readonly port: number;
  readonly users: readonly NatsUserSpec[];
  /**
   * How often streams are forced to the disk: `always`, or a duration such as `10s`. Default the server's own,
   * 2 minutes: a killed process loses nothing, a power cut may lose the last events.
   */
  readonly syncInterval?: string;
}

export interface RunningNats {
  /** `nats://127.0.0.1:port` */
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  /** Resolves with the reason when the server ends, wanted or not. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

const START_WITHIN_MS = 15_000;
const STOP = { signal: 'SIGTERM', graceMs: 10_000 } as const;
const MAX_PAYLOAD_BYTES = 8 * 1024 * 1024;

/**
 * Starts nats-server with JetStream on 127.0.0.1, with exactly these users. One left over from a killed parent
 * is stopped first. Throws with the last log lines when it does not come up.
 */
export async function startNats(options: NatsOptions): Promise<RunningNats> {
  const { binary, dataDir, port } = options;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const configFile = join(dataDir, 'nats.json');
  const pidFile = join(dataDir, 'nats.pid');
  const logFile = join(dataDir, 'nats.log');
  const orphan = await readPid(pidFile);
  if (orphan !== null && (await isOurs(orphan, configFile))) await stopProcess(orphan, STOP);
  await rm(configFile, { force: true });
  // A name of its own, to tell it from another server that may have the port.
  const name = `aether-${randomUUID()}`;
  await writeFile(configFile, JSON.stringify(natsConfiguration(name, options), null, 2), { mode: 0o600 });

  const server = await launch({
    command: binary,
    args: ['-c', configFile, '-P', pidFile],
    cwd: dataDir,
    logFile,
    env: {},
  });
  const { pid, exited } = server;
  try {
    const version = await waitUntilUp({ name, port, exited, logFile });
    return { url: `nats://127.0.0.1:${port}`, pid, version, exited, stop: () => server.stop(STOP) };
  } catch (error) {
    await server.stop(STOP);
    throw error;
  }
}

/** What a server with JetStream is told, for its file: nats-server reads JSON as its own configuration language. */
export function natsConfiguration(
  name: string,
  { dataDir, port, users, syncInterval, host = '127.0.0.1' }: Omit<NatsOptions, 'binary'> & { host?: string },
): object {
  return {
    server_name: name,
    host,
    port,
    max_payload: MAX_PAYLOAD_BYTES,
    jetstream: {
      store_dir: join(dataDir, 'jetstream'),
      ...(syncInterval && { sync_interval: syncInterval }),
    },
    authorization: {
      users: users.map(({ user, password, permissions }) => ({
        user,
        password,
        ...(permissions && {
          permissions: {
            publish: permissions.publish,
            subscribe: permissions.subscribe,
            ...(permissions.allowResponses && { allow_responses: { max: 1, expires: '2m' } }),
          },
        }),
      })),
    },
  };
}

async function waitUntilUp(server: {
  name: string;
  port: number;
  exited: Promise<string>;
  logFile: string;
}): Promise<string> {
  let ended: string | undefined;
  void server.exited.then((reason) => (ended = reason));
  const deadline = Date.now() + START_WITHIN_MS;
  while (ended === undefined && Date.now() < deadline) {
    const greeted = await greeting(server.port);
    if (greeted?.server_name === server.name) return greeted.version;
    await delay(20);
  }
  throw new Error(
    `nats-server did not come up (${ended ?? `no answer within ${START_WITHIN_MS / 1000} s`}). Its last words:\n${await lastLines(server.logFile)}`,
  );
}

interface Greeting {
  readonly server_name: string;
  readonly version: string;
}

/** What the INFO line by which a NATS server greets a client tells; null where there is none. */
function greeting(port: number): Promise<Greeting | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(1_000);
    let text = '';
    const end = (found: Greeting | null) => {
      socket.destroy();
      resolve(found);
    };
    socket.on('data', (data) => {
      text += data.toString();
      if (text.includes('\r\n')) end(parseInfo(text));
    });
    socket.once('error', () => end(null));
    socket.once('close', () => end(null));
    socket.once('timeout', () => end(null));
  });
}

function parseInfo(text: string): Greeting | null {
  const info = /^INFO (\{.*\})/.exec(text);
  return info?.[1] ? (JSON.parse(info[1]) as Greeting) : null;
}
