import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startNats, type NatsUserSpec, type RunningNats } from '@aether/local-stack/nats';
import { findNatsServer } from '@aether/local-stack/nats-server';
import { beginningOf } from '@aether/local-stack/owned-process';
import { environment, natsDirectory } from '@aether/testing/config';
import { freePort } from '@aether/testing/free-port';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, PermissionViolationError, type NatsConnection } from '@nats-io/transport-node';
import { startParent } from './parent-process.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

const operator = { user: 'operator', password: 'o' };
const users: NatsUserSpec[] = [
  operator,
  {
    user: 'clock',
    password: 'c',
    permissions: {
      publish: { allow: ['evt.clock.>'] },
      subscribe: { allow: ['req.clock.>'] },
      allowResponses: true,
    },
  },
];

describe('NATS on one machine', () => {
  let binary: string;
  let directory: string;
  let options: { binary: string; dataDir: string; port: number; users: NatsUserSpec[] };
  let server: RunningNats | undefined;
  const connections: NatsConnection[] = [];

  beforeAll(async () => {
    binary = await findNatsServer({ cacheDir: natsDirectory, path: environment['PATH'] ?? '' });
  }, 200_000);

  beforeEach(async () => {
    directory = await temporaryDirectory();
    options = { binary, dataDir: join(directory, 'nats'), port: await freePort(), users };
    server = undefined;
  });

  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection.close();
    await server?.stop();
    await removeDirectory(directory);
  });

  async function client(user: string, pass: string): Promise<NatsConnection> {
    const connection = await connect({ servers: `127.0.0.1:${options.port}`, user, pass, reconnect: false });
    connections.push(connection);
    return connection;
  }

  it('a user may do what its permissions say and nothing else', async () => {
    server = await startNats(options);
    const asker = await client('operator', 'o');
    const clock = await client('clock', 'c');

    clock.subscribe('req.clock.>', { callback: (_, message) => void message.respond('noon') });
    await clock.flush();
    expect((await asker.request('req.clock.tell.v1')).string()).toBe('noon');

    const refused = new Promise<Error | void>((resolve) =>
      clock.subscribe('req.vault.>', { callback: (error) => resolve(error ?? undefined) }),
    );
    expect(await refused).toBeInstanceOf(PermissionViolationError);

    const heard: string[] = [];
    asker.subscribe('evt.>', { callback: (_, message) => void heard.push(message.subject) });
    await asker.flush();
    clock.publish('evt.vault.opened.v1');
    clock.publish('evt.clock.struck.v1');
    await clock.flush();
    await asker.flush();
    expect(heard).toEqual(['evt.clock.struck.v1']);
  });

  it('nobody comes in without a password, and the passwords are closed to others', async () => {
    server = await startNats(options);
    await expect(client('clock', 'wrong')).rejects.toThrow(/[Aa]uthorization/);
    await expect(connect({ servers: `127.0.0.1:${options.port}` })).rejects.toThrow(/[Aa]uthorization/);
    expect((await stat(join(options.dataDir, 'nats.json'))).mode & 0o777).toBe(0o600);
  });

  it('a server whose parent was killed is replaced', async () => {
    const parent = await startParent(`
      import { startNats } from '@aether/local-stack/nats';
      const { pid } = await startNats(${JSON.stringify(options)});
      console.log(pid);`);
    await parent.kill();
    const orphan = Number(parent.said);
    expect(await beginningOf(orphan)).not.toBeNull();

    server = await startNats(options);

    expect(await beginningOf(orphan)).toBeNull();
    await (await client('operator', 'o')).flush();
  });

  it('another server on the port is not taken for ours', async () => {
    server = await startNats(options);
    const rival = { ...options, dataDir: join(directory, 'rival') };
    await expect(startNats(rival)).rejects.toThrow(/address already in use/);
  });

  it('an end that was not asked for is told', async () => {
    server = await startNats(options);
    const connection = await client('operator', 'o');
    process.kill(server.pid, 'SIGKILL');
    expect(await server.exited).toBe('ended by SIGKILL');
    await connection.closed();
  });

  it('streams can be forced to the disk at every message', async () => {
    server = await startNats({ ...options, syncInterval: 'always' });
    expect(server.version).toMatch(/^2\./);
  });
});
