import { authEvents, authRequests } from '@aether/contracts/auth';
import { deployerEvents, deployerRequests } from '@aether/contracts/deployer';
import { openclawRequests } from '@aether/contracts/openclaw';
import { topology, type ServiceName } from '@aether/contracts/topology';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { inboxOf } from '../src/connection.js';
import { serviceContext } from '../src/context.js';
import { newId } from '../src/id.js';
import { startBus, type Bus } from './bus.js';

/** Does something as a user, and returns what the server said against it. */
async function refusals(connection: NatsConnection, attempt: () => void): Promise<string[]> {
  const heard: string[] = [];
  const listening = (async () => {
    for await (const event of connection.status())
      if (event.type === 'error') heard.push(event.error.message);
  })();
  attempt();
  await connection.flush();
  await connection.close();
  await listening;
  return heard;
}

describe('the permissions of a service', () => {
  let bus: Bus;
  const open: NatsConnection[] = [];
  beforeAll(async () => {
    bus = await startBus();
    for (const owner of ['auth', 'deployer'] as const)
      await bus.connect(owner, { catalog: topology[owner].catalog });
  });
  afterAll(async () => {
    await Promise.all(open.map((connection) => connection.close()));
    await bus.stop();
  });

  const as = async (user: ServiceName | 'test', inboxPrefix = inboxOf(user)) => {
    const connection = await connect({
      servers: bus.nats.url,
      user,
      pass: bus.nats.passwordOf(user),
      inboxPrefix,
    });
    open.push(connection);
    return connection;
  };
  const publish = async (user: ServiceName, subject: string) => {
    const connection = await as(user);
    return refusals(connection, () => connection.publish(subject, '{}'));
  };
  const subscribe = async (user: ServiceName, subject: string, queue?: string) => {
    const connection = await as(user);
    return refusals(connection, () => {
      connection.subscribe(subject, { queue, callback: () => undefined });
    });
  };

  it('let it publish its own events, and those of no other', async () => {
    expect(await publish('auth', authEvents.userCreated.subject)).toEqual([]);
    expect(await publish('auth', deployerEvents.deploymentDeleted.subject)).toEqual([
      expect.stringMatching(/permissions violation/i),
    ]);
    expect(await publish('gateway', authEvents.userCreated.subject)).toHaveLength(1);
  });

  it('let it publish nothing that no contract declares', async () => {
    expect(await publish('auth', 'evt.auth.made-up.v1')).toHaveLength(1);
    expect(await publish('auth', 'anything')).toHaveLength(1);
  });

  it('let it answer its own requests in its own queue group, and those of no other', async () => {
    const { subject } = authRequests.signIn;
    expect(await subscribe('auth', subject, 'auth')).toEqual([]);
    expect(await subscribe('auth', subject)).toHaveLength(1);
    expect(await subscribe('auth', subject, 'eavesdropper')).toHaveLength(1);
    expect(await subscribe('deployer', subject, 'auth')).toHaveLength(1);
    expect(await subscribe('deployer', 'req.>')).toHaveLength(1);
    expect(await subscribe('gateway', '>')).toHaveLength(1);
  });

  it('let instances of a service pass requests on to one another only where the topology says so', async () => {
    const subject = `${openclawRequests.sendMessage.subject}.${newId()}`;
    expect(await subscribe('openclaw-bridge', subject)).toEqual([]);
    expect(await publish('openclaw-bridge', subject)).toEqual([]);
    expect(await publish('openclaw-bridge', openclawRequests.sendMessage.subject)).toHaveLength(1);
    expect(await publish('gateway', subject)).toHaveLength(1);
    expect(await subscribe('deployer', subject)).toHaveLength(1);
    expect(await subscribe('auth', `${authRequests.signIn.subject}.${newId()}`)).toHaveLength(1);
  });

  it('let it ask what the topology lists, and nothing else', async () => {
    const deployer = await bus.connect('deployer');
    const asking = deployer.call(authRequests.createSetupToken, {}, serviceContext('deployer'));
    await expect(asking).rejects.toMatchObject({ code: 'unavailable' });
    expect(await publish('gateway', authRequests.revealSecret.subject)).toHaveLength(1);
    expect(await publish('deployer', authRequests.revealSecret.subject)).toEqual([]);
    expect(await publish('models', deployerRequests.getHealth.subject)).toHaveLength(1);
  });

  it('keep it from reading the replies of others', async () => {
    expect(await subscribe('deployer', `${inboxOf('gateway')}.>`)).toHaveLength(1);
    expect(await subscribe('deployer', '_INBOX.>')).toHaveLength(1);
    expect(await subscribe('deployer', `${inboxOf('deployer')}.x`)).toEqual([]);
  });

  it('keep it from the streams of others', async () => {
    const manager = await jetstreamManager(await as('deployer'), { checkAPI: false, timeout: 400 });
    for (const attempt of [
      manager.streams.purge('EVT_AUTH'),
      manager.streams.delete('EVT_AUTH'),
      manager.streams.delete('EVT_DEPLOYER'),
      manager.streams.add({ name: 'MINE', subjects: ['req.>'] }),
      manager.streams.getMessage('EVT_AUTH', { seq: 1 }),
      manager.consumers.add('EVT_AUTH', { durable_name: 'deployer-spy' }),
    ])
      await expect(attempt).rejects.toThrow();
    const admin = await jetstreamManager(await as('test'), { checkAPI: false });
    expect((await admin.streams.info('EVT_AUTH')).state.consumer_count).toBe(0);
  });

  it('let a service publish to its own stream through the relay, once for each id', async () => {
    const auth = await bus.connect('auth');
    const event = {
      id: newId(),
      subject: authEvents.signedIn.subject,
      headers: {},
      payload: { userId: newId() },
    };
    const admin = await jetstreamManager(await as('test'), { checkAPI: false });
    const before = (await admin.streams.info('EVT_AUTH')).state.messages;
    await auth.publish(event);
    await auth.publish(event);
    expect((await admin.streams.info('EVT_AUTH')).state.messages).toBe(before + 1);
    await expect(
      auth.publish({ ...event, subject: deployerEvents.deploymentDeleted.subject }),
    ).rejects.toThrow();
  });
});

describe('connecting', () => {
  let bus: Bus;
  beforeAll(async () => {
    bus = await startBus();
  });
  afterAll(() => bus.stop());

  it('with a wrong password fails with what to check', async () => {
    const connecting = bus.connect('auth', { password: 'wrong', bootTimeoutMs: 300 });
    await expect(connecting).rejects.toThrow(
      /as "auth" within 0.3 s. Check that it runs and that the password/,
    );
  });

  it('waits for a server that starts later', async () => {
    await bus.nats.kill();
    const connecting = bus.connect('auth');
    await bus.nats.start();
    expect((await connecting).isConnected).toBe(true);
  });
});
