import { join } from 'node:path';
import { topology, type ServiceName } from '@aether/contracts/topology';
import { databaseUrl, ensureDatabases } from '@aether/local-stack/databases';
import { startNats, type RunningNats } from '@aether/local-stack/nats';
import { findNatsServer } from '@aether/local-stack/nats-server';
import { startPostgres } from '@aether/local-stack/postgres';
import type { StackState } from '@aether/local-stack/stack-state';
import { natsUsers } from '@aether/messaging/permissions';
import type { Logger } from '@aether/runtime/logger';
import type { CliConfig } from '../config.js';
import { KeptProcess } from './kept-process.js';
import { edgePort } from './edge-address.js';
import { databaseOwners, type DatabaseOwner, type StackAddresses } from './services.js';
import { stage, type Report } from './stages.js';
import type { Undo } from './undo.js';

interface StackParts {
  readonly config: CliConfig;
  readonly state: StackState;
  readonly logger: Logger;
}

/** Starts NATS and PostgreSQL side by side and makes the databases: where the services find one another. */
export async function startStack(
  parts: StackParts & { readonly report: Report; readonly undo: Undo },
): Promise<StackAddresses> {
  const { config, state, report, undo } = parts;
  const passwords = await natsPasswords(state);
  const [postgresStart, natsStart] = await Promise.allSettled([
    stage(report, 'starting PostgreSQL', async (note) => {
      const value = await keepPostgres(parts, note);
      return { told: `PostgreSQL on port ${new URL(value.process.url).port}`, value };
    }),
    stage(report, 'looking for nats-server', async (note) => {
      const value = await keepNats(parts, passwords, note);
      return { told: `NATS ${value.process.version} on port ${new URL(value.process.url).port}`, value };
    }),
  ]);
  // In this order whichever was first: NATS is stopped before PostgreSQL.
  undoStart(undo, { name: 'PostgreSQL', started: postgresStart, signal: 'SIGQUIT' });
  undoStart(undo, { name: 'NATS', started: natsStart, signal: 'SIGKILL' });
  return {
    natsUrl: valueOf(natsStart).process.url,
    natsPasswords: passwords,
    databaseUrls: await makeDatabases(state, valueOf(postgresStart).process.url),
    masterKey: await state.secret('master-key'),
    modelsPort: await state.port('models'),
    agentEndpointPort: await state.port('agent-endpoint'),
    gatewayPort: await edgePort(config, state),
    agentsPort: await state.port('agents'),
  };
}

function undoStart(
  undo: Undo,
  part: { name: string; started: PromiseSettledResult<KeptProcess>; signal: NodeJS.Signals },
): void {
  if (part.started.status === 'rejected') return;
  const { value } = part.started;
  undo.push(
    part.name,
    () => value.stop(),
    () => value.kill(part.signal),
  );
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** nats-server with one user a service, each with the permissions that the contracts give it. */
async function keepNats(
  { config, state, logger }: StackParts,
  passwords: Readonly<Record<ServiceName, string>>,
  note: (text: string) => void,
): Promise<KeptProcess<RunningNats>> {
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

async function keepPostgres(
  { config, state, logger }: StackParts,
  note: (text: string) => void,
): Promise<KeptProcess> {
  const options = {
    dataDir: join(config.dataDir, 'postgres'),
    port: await state.port('postgres'),
    password: await state.secret('postgres'),
    onProgress: note,
  };
  return KeptProcess.start({ name: 'PostgreSQL', logger, begin: () => startPostgres(options) });
}

async function natsPasswords(state: StackState): Promise<Record<ServiceName, string>> {
  const names = Object.keys(topology) as ServiceName[];
  const passwords: Partial<Record<ServiceName, string>> = {};
  for (const name of names) passwords[name] = await state.secret(`nats-${name}`);
  return passwords as Record<ServiceName, string>;
}

/** A database and a role for each service that keeps anything; their addresses. */
async function makeDatabases(state: StackState, adminUrl: string): Promise<Record<DatabaseOwner, string>> {
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
