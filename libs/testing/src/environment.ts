import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { topology, type ServiceName } from '@aether/contracts/topology';
import { databaseUrl, ensureDatabases } from '@aether/local-stack/databases';
import { startNats } from '@aether/local-stack/nats';
import { natsUsers } from '@aether/messaging/permissions';
import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import { environment, SERVERS_VARIABLE } from './config.js';
import { freePort } from './free-port.js';
import { runDirectory } from './run-directory.js';
import type { TestServers } from './test-servers.js';

let known: Promise<TestServers> | undefined;

async function askForServers(): Promise<TestServers> {
  const url = environment[SERVERS_VARIABLE];
  if (!url)
    throw new Error(
      'The servers of a test run are there only when jest runs from the root of the repository.',
    );
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The servers of this test run did not start: ${await response.text()}`);
  return (await response.json()) as TestServers;
}

/** The servers of the run this test belongs to, started with the first question. */
export function servers(): Promise<TestServers> {
  known ??= askForServers();
  return known;
}

/** A database of its own for one test file. */
export interface TestDatabase {
  /** Of the role that owns the database and may use no other. */
  readonly url: string;
  /** Looks into the database from outside the service under test. */
  query<Row = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** Cuts every connection and refuses new ones, as an outage does, until `reconnect`. */
  cutOff(): Promise<void>;
  reconnect(): Promise<void>;
  /** Removes the database, whoever still uses it. */
  drop(): Promise<void>;
}

/** Makes an empty database on the run's PostgreSQL. `service` only makes its name readable. */
export async function testDatabase(service = 'test'): Promise<TestDatabase> {
  const { postgresUrl } = await servers();
  const name = `${service.replaceAll('-', '_')}_${randomBytes(6).toString('hex')}`;
  const spec = { name, role: name, password: randomBytes(12).toString('hex') };
  await ensureDatabases(postgresUrl, [spec]);
  const url = databaseUrl(postgresUrl, spec);
  const database = escapeIdentifier(name);
  const administer = async (...statements: string[]) => {
    for (const statement of statements) await queryOnce(postgresUrl, statement);
  };
  return {
    url,
    query: (sql, values) => queryOnce(url, sql, values),
    cutOff: () =>
      administer(
        `ALTER DATABASE ${database} ALLOW_CONNECTIONS false`,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${escapeLiteral(name)}`,
      ),
    reconnect: () => administer(`ALTER DATABASE ${database} ALLOW_CONNECTIONS true`),
    drop: () => administer(`DROP DATABASE ${database} WITH (FORCE)`, `DROP ROLE ${database}`),
  };
}

async function queryOnce<Row>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** A NATS server of its own for one test file: streams and subjects are global on a server. */
export interface TestNats {
  readonly url: string;
  /** Of a service, or of `test`, which may do everything. */
  passwordOf(user: ServiceName | 'test'): string;
  /** Ends it without warning; `start` brings it back with its streams. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** The users and permissions that every installation has, and the user `test`, who may do everything. */
export function testUsers() {
  const names = [...(Object.keys(topology) as ServiceName[]), 'test' as const];
  const passwords = Object.fromEntries(names.map((name) => [name, randomBytes(8).toString('hex')])) as Record<
    ServiceName | 'test',
    string
  >;
  return {
    users: [...natsUsers(passwords), { user: 'test', password: passwords.test }],
    passwordOf: (user: ServiceName | 'test') => passwords[user],
  };
}

/** Starts NATS with the users and permissions that every installation has, and the user `test`. */
export async function startTestNats(): Promise<TestNats> {
  const { natsBinary } = await servers();
  const dataDir = join(runDirectory(), `nats-${randomBytes(6).toString('hex')}`);
  const port = await freePort();
  const { users, passwordOf } = testUsers();
  const launch = () => startNats({ binary: natsBinary, dataDir, port, users });
  let running = await launch();
  return {
    url: running.url,
    passwordOf,
    kill: async () => {
      process.kill(running.pid, 'SIGKILL');
      await running.exited;
    },
    start: async () => {
      running = await launch();
    },
    stop: () => running.stop(),
  };
}
