import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { authRequests } from '@aether/contracts/auth';
import { Role } from '@aether/contracts/schemas';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { testDatabase, type TestDatabase, type TestNats } from '@aether/testing/environment';
import { eventually } from '@aether/testing/eventually';
import type { Edge } from './start-edge.js';

const MAIN = fileURLToPath(new URL('../../auth/dist/main.js', import.meta.url));

export const EMAIL = 'ada@example.org';
export const PASSWORD = 'correct horse battery staple';

/** The real `auth` service as a process of its own: services know each other by the bus only. */
export async function startRealAuth(
  nats: Pick<TestNats, 'url' | 'passwordOf'>,
  given?: Pick<TestDatabase, 'url' | 'drop'>,
): Promise<{ setUpToken(): Promise<string>; stop(): Promise<void> }> {
  const database = given ?? (await testDatabase('auth'));
  const env = {
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    NATS_PASSWORD: nats.passwordOf('auth'),
    MASTER_KEY: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'warn',
  };
  await ended(spawn(process.execPath, [MAIN, 'migrate'], { env, stdio: ['ignore', 'ignore', 'inherit'] }));
  const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const operator = await Messaging.connect({
    url: nats.url,
    user: 'operator',
    password: nats.passwordOf('operator'),
    catalog: null,
    reportFault: () => undefined,
  });
  const ask = () => operator.call(authRequests.createSetupToken, {}, serviceContext('operator'));
  await eventually(() => operator.call(authRequests.getSetupState, {}, serviceContext('operator')), {
    timeoutMs: 30_000,
  });
  return {
    setUpToken: async () => (await ask()).token,
    stop: async () => {
      await operator.drain();
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      await database.drop();
    },
  };
}

async function ended(child: ChildProcess): Promise<void> {
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the migrations of auth ended with ${code}`);
}

/** An API key of each role, and people of each role who sign in. */
export interface Bearers {
  readonly keyOf: Readonly<Record<Role, string>>;
  /** A new session each time: some routes end the one they are called by. */
  sessionOf(role: Role): Promise<string>;
}

/** Sets the installation up and makes what it takes to come as anybody, in the ways it has for that. */
export async function bearers(edge: Edge, setUpToken: string): Promise<Bearers> {
  await edge.request('POST /api/v1/setup', { json: { token: setUpToken, email: EMAIL, password: PASSWORD } });
  const signIn = async (email: string) => {
    const { body } = await edge.request('POST /api/v1/session', { json: { email, password: PASSWORD } });
    return String(body.accessToken);
  };
  const admin = await signIn(EMAIL);
  const keyOf = async (role: Role) => {
    const { body } = await edge.request('POST /api/v1/api-keys', {
      token: admin,
      json: { name: role, role },
    });
    return String(body.key);
  };
  const invite = async (role: Role) => {
    const email = `${role}@example.org`;
    const { body } = await edge.request('POST /api/v1/invitations', { token: admin, json: { email, role } });
    const accepted = { token: body.token, name: role, password: PASSWORD };
    await edge.request('POST /api/v1/invitations/accept', { json: accepted });
  };
  for (const role of Role.options) await invite(role);
  return {
    keyOf: {
      admin: await keyOf('admin'),
      operator: await keyOf('operator'),
      viewer: await keyOf('viewer'),
    },
    sessionOf: (role) => signIn(`${role}@example.org`),
  };
}
