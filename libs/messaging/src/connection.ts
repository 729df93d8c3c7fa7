import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/nats-core';

export interface ConnectionOptions {
  /** `nats://host:port`, or several with commas. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** How long to try at boot before giving up. Default 30 000. */
  readonly bootTimeoutMs?: number;
}

/** What the connected server can do; older ones lack some. */
export interface ServerLimits {
  readonly version: string;
  /** Several filter subjects on one consumer: nats-server 2.10. */
  readonly severalFilters: boolean;
  /** Set where the server is older than what is tested, in words for the log. */
  readonly warning: string | null;
}

/** Oldest server on which streams, durables with backoff and permissions work as used here. */
const OLDEST = [2, 9] as const;
const TESTED = [2, 10] as const;

function atLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
}

/** Inbox of one user: NATS permissions keep others from reading its replies. */
export function inboxOf(user: string): string {
  return `_INBOX_${user.replaceAll('-', '_')}`;
}

/**
 * Connects for good: after an outage the client reconnects for as long as the process lives. Throws with a
 * remedy when the server is not reachable within `bootTimeoutMs`, refuses the user, or is too old.
 */
export async function connectNats(
  options: ConnectionOptions,
): Promise<{ connection: NatsConnection; limits: ServerLimits }> {
  const settings: NodeConnectionOptions = {
    servers: options.url.split(','),
    user: options.user,
    pass: options.password,
    name: options.user,
    inboxPrefix: inboxOf(options.user),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    ignoreAuthErrorAbort: true,
    pingInterval: 20_000,
    // Otherwise two stacks are captured for every request, to be used by hardly any.
    noAsyncTraces: true,
  };
  const connection = await connectWithin(settings, options.bootTimeoutMs ?? 30_000);
  const version = connection.info?.version ?? '0.0.0';
  if (!atLeast(version, OLDEST)) {
    await connection.close();
    throw new Error(
      `nats-server ${version} at ${options.url} is too old: 2.9 is the oldest that works, 2.10 or newer is advised. Update it and start again.`,
    );
  }
  return { connection, limits: await limitsOf(connection, version) };
}

async function limitsOf(connection: NatsConnection, version: string): Promise<ServerLimits> {
  try {
    await (await jetstreamManager(connection, { checkAPI: false })).getAccountInfo();
  } catch (cause) {
    await connection.close();
    throw new Error(
      'JetStream does not answer on this nats-server: start it with `-js` (or a `jetstream` block) and give this user its permissions.',
      { cause },
    );
  }
  const tested = atLeast(version, TESTED);
  return {
    version,
    severalFilters: tested,
    warning: tested
      ? null
      : `nats-server ${version} is older than 2.10: consumers filter by owner only, and files are not synced per message. Update it when you can.`,
  };
}

async function connectWithin(
  settings: NodeConnectionOptions,
  bootTimeoutMs: number,
): Promise<NatsConnection> {
  const deadline = Date.now() + bootTimeoutMs;
  for (;;) {
    try {
      return await connect(settings);
    } catch (cause) {
      if (Date.now() >= deadline)
        throw new Error(
          `Cannot reach NATS at ${String(settings.servers)} as "${settings.user}" within ${bootTimeoutMs / 1000} s. Check that it runs and that the password is right.`,
          { cause },
        );
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
