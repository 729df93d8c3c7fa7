import { join } from 'node:path';
import { topology, type ServiceName } from '@aether/contracts/topology';
import { databaseUrl, ensureDatabases } from '@aether/local-stack/databases';
import { startNats, type RunningNats } from '@aether/local-stack/nats';
import { findNatsServer } from '@aether/local-stack/nats-server';
import { startPostgres, type RunningPostgres } from '@aether/local-stack/postgres';
import type { StackState } from '@aether/local-stack/stack-state';
import { natsUsers } from '@aether/messaging/permissions';
import type { Logger } from '@aether/runtime/logger';
import type { CliConfig } from '../config.js';
import { KeptProcess } from './kept-process.js';
import { databaseOwners, type DatabaseOwner } from './services.js';

interface StackParts {
  readonly config: CliConfig;
  readonly state: StackState;
  readonly logger: Logger;
  readonly note: (text: string) => void;
}

/** nats-server with one user a service, each with the permissions that the contracts give it. */
export async function keepNats(
  parts: StackParts,
  passwords: Readonly<Record<ServiceName, string>>,
): Promise<KeptProcess<RunningNats>> {
  const { config, state, logger, note } = parts;
  const binary = await findNatsServer({
    binary: config.natsServerBin ?? undefined,
    cacheDir: join(config.dataDir, 'cache'),
    path: config.environment.PATH ?? '',
    onProgress: note,
  });
  note('starting NATS');
  const port = await state.port('nats');
  const options = { binary, dataDir: join(config.dataDir, 'nats'), port, users: natsUsers(passwords) };
  return KeptProcess.start({ name: 'NATS', logger, begin: () => startNats(options) });
}

export async function keepPostgres(parts: StackParts): Promise<KeptProcess<RunningPostgres>> {
  const { config, state, logger, note } = parts;
  const options = {
    dataDir: join(config.dataDir, 'postgres'),
    port: await state.port('postgres'),
    password: await state.secret('postgres'),
    onProgress: note,
  };
  return KeptProcess.start({ name: 'PostgreSQL', logger, begin: () => startPostgres(options) });
}

export async function natsPasswords(state: StackState): Promise<Record<ServiceName, string>> {
  const names = Object.keys(topology) as ServiceName[];
  const passwords: Partial<Record<ServiceName, string>> = {};
  for (const name of names) passwords[name] = await state.secret(`nats-${name}`);
  return passwords as Record<ServiceName, string>;
}

/** A database and a role for each service that keeps anything; their addresses. */
export async function makeDatabases(
  state: StackState,
  adminUrl: string,
): Promise<Record<DatabaseOwner, string>> {
  const urls: Partial<Record<DatabaseOwner, string>> = {};
  const specs = [];
  for (const owner of databaseOwners) {
    const name = `aether_${owner.replaceAll('-', '_')}`;
    const spec = { name, role: name, password: await state.secret(`database-${owner}`) };
    specs.push(spec);
    urls[owner] = databaseUrl(adminUrl, spec);
  }
  await ensureDatabases(adminUrl, specs);
  return urls as Record<DatabaseOwner, string>;
}
