import { randomBytes, randomUUID } from 'node:crypto';
import { authRequests } from '@aether/contracts/auth';
import type { IssuedSession } from '@aether/contracts/identity';
import type { CallInputOf, OutputOf, RequestContract } from '@aether/contracts/contract';
import type { Role } from '@aether/contracts/schemas';
import type { ServiceName } from '@aether/contracts/topology';
import { serviceContext, type Actor, type Context } from '@aether/messaging/context';
import type { ReceivedEvent } from '@aether/messaging/events';
import { Messaging } from '@aether/messaging/messaging';
import type { Clock } from '@aether/runtime/clock';
import { defineService, migrateService, startService, type RunningService } from '@aether/runtime/service';
import { startTestNats, testDatabase } from '@aether/testing/environment';
import { AppModule } from '../src/app.module.js';
import { authService } from '../src/service.js';

export const PASSWORD = 'correct horse battery staple';
export const EMAIL = 'ada@example.org';

export const anonymous: Actor = { type: 'anonymous', id: 'anonymous', role: null };
export const actorOf = (role: 'viewer' | 'operator' | 'admin', id: string = randomUUID()): Actor => ({
  type: 'user',
  id,
  role,
});

/** Goes on by itself and can be moved ahead. */
class TestClock implements Clock {
  private aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  advance(ms: number): void {
    this.aheadMs += ms;
  }
}

type Caller = Extract<ServiceName, 'gateway' | 'deployer' | 'operator'>;

export interface AuthUnderTest {
  readonly clock: TestClock;
  readonly environment: Readonly<Record<string, string>>;
  /** Events of the service as they came over the bus. */
  readonly events: readonly ReceivedEvent[];
  call<C extends RequestContract>(
    contract: C,
    input: CallInputOf<C>,
    as?: Partial<Context> & { caller?: Caller },
  ): Promise<OutputOf<C>>;
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** One more instance on the same database and bus. */
  startAnother(environment?: Record<string, string>): Promise<RunningService>;
  /** Settings given here take the place of those it was started with. */
  restart(environment?: Record<string, string>): Promise<void>;
  /** Removes every account and what belongs to it. */
  empty(): Promise<void>;
  /** Makes the first administrator. */
  setUp(): Promise<string>;
  signIn(): Promise<IssuedSession>;
  /** Somebody more, who came by an invitation; signs in with `PASSWORD`. */
  addUser(role: Role): Promise<Actor & { email: string }>;
  stop(): Promise<void>;
}

const LIVE_CALLERS: readonly Caller[] = ['gateway', 'deployer', 'operator'];

/** The whole service on a real database and bus, asked through NATS as its callers ask it. */
export async function startAuth(overrides: Record<string, string> = {}): Promise<AuthUnderTest> {
  const [database, nats] = await Promise.all([testDatabase('auth'), startTestNats()]);
  const clock = new TestClock();
  const definition = defineService({
    ...authService,
    module: (parts) => AppModule.register(parts, clock),
  });
  const environment = {
    DATABASE_URL: database.url,
    NATS_URL: nats.url,
    NATS_PASSWORD: nats.passwordOf('auth'),
    LOG_LEVEL: 'silent',
    MASTER_KEY: randomBytes(32).toString('base64'),
    ...overrides,
  };
  await migrateService(definition, environment);
  const services = [await startService(definition, environment)];

  const clients = new Map<Caller, Messaging>();
  for (const user of LIVE_CALLERS)
    clients.set(
      user,
      await Messaging.connect({
        url: nats.url,
        user,
        password: nats.passwordOf(user),
        catalog: null,
        reportFault: (error) => {
          throw error;
        },
      }),
    );
  const client = (caller: Caller) => clients.get(caller) as Messaging;
  const { events, close } = collectEvents(client('gateway'));

  const call: AuthUnderTest['call'] = (contract, input, as = {}) => {
    const { caller = 'gateway', ...context } = as;
    return client(caller).call(contract, input, {
      ...serviceContext('test'),
      actor: caller === 'gateway' ? anonymous : { type: 'service', id: caller, role: null },
      ...context,
    });
  };
  return {
    clock,
    environment,
    events,
    call,
    query: (sql, values) => database.query(sql, values),
    startAnother: async (other = {}) => {
      const service = await startService(definition, { ...environment, ...other });
      services.push(service);
      return service;
    },
    restart: async (other = {}) => {
      await Promise.all(services.splice(0).map((service) => service.stop()));
      services.push(await startService(definition, { ...environment, ...other }));
    },
    empty: async () => {
      await database.query('TRUNCATE user_account, setup_token, sign_in_guard, invitation, api_key CASCADE');
    },
    setUp: async () => {
      const { token } = await call(authRequests.createSetupToken, {}, { caller: 'operator' });
      return (await call(authRequests.completeSetup, { token, email: EMAIL, password: PASSWORD })).id;
    },
    addUser: async (role) => {
      const email = `${randomUUID()}@example.org`;
      const actor = actorOf('admin');
      const { token } = await call(authRequests.createInvitation, { email, role }, { actor });
      const accepted = { token, name: role, password: PASSWORD };
      const user = await call(authRequests.acceptInvitation, accepted);
      return { ...actorOf(role, user.id), email };
    },
    signIn: () => call(authRequests.signIn, { email: EMAIL, password: PASSWORD }),
    stop: async () => {
      await close();
      await Promise.all([...clients.values()].map((messaging) => messaging.drain()));
      await Promise.all(services.map((service) => service.stop()));
      await nats.stop();
      await database.drop();
    },
  };
}

function collectEvents(messaging: Messaging) {
  const stop = new AbortController();
  const events: ReceivedEvent[] = [];
  const reading = (async () => {
    for await (const event of messaging.readEvents('auth', 1, stop.signal)) events.push(event);
  })();
  return {
    events,
    close: async () => {
      stop.abort();
      await reading;
    },
  };
}

/** The code a call is refused with; fails the test where it is answered. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => {
      throw new Error('the call was answered');
    },
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
}
