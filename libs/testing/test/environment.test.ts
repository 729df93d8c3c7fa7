import { connect } from '@nats-io/transport-node';
import { expect, test } from '@jest/globals';
import { Client } from 'pg';
import { startTestNats, testDatabase } from '@aether/testing/environment';
import { eventually } from '@aether/testing/eventually';

test('a database is empty, belongs to its role, and is closed to the role of another', async () => {
  const [mine, other] = await Promise.all([testDatabase('auth'), testDatabase('auth')]);
  await mine.query('CREATE TABLE note (text text)');
  await mine.query('INSERT INTO note VALUES ($1)', ['kept']);
  await expect(mine.query('SELECT text FROM note')).resolves.toEqual([{ text: 'kept' }]);
  await expect(other.query('SELECT text FROM note')).rejects.toThrow('does not exist');
  const intruder = new URL(mine.url);
  intruder.pathname = new URL(other.url).pathname;
  const client = new Client({ connectionString: intruder.toString() });
  await expect(client.connect()).rejects.toThrow('permission denied for database');
  await Promise.all([mine.drop(), other.drop()]);
});

test('a database can be cut off from its users and given back', async () => {
  const database = await testDatabase();
  const client = new Client({ connectionString: database.url });
  const errors: Error[] = [];
  client.on('error', (error) => errors.push(error));
  await client.connect();
  await database.cutOff();
  await eventually(() => expect(errors.length).toBeGreaterThan(0));
  await expect(database.query('SELECT 1')).rejects.toThrow('not currently accepting connections');
  await database.reconnect();
  await expect(database.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  await database.drop();
});

test('a NATS server has the users of an installation, with their permissions and no more', async () => {
  const nats = await startTestNats();
  const user = await connect({ servers: nats.url, user: 'auth', pass: nats.passwordOf('auth') });
  const refusals: unknown[] = [];
  void (async () => {
    for await (const status of user.status()) refusals.push(status);
  })();
  user.publish('evt.deployer.deployment-created.v1', '{}');
  await eventually(() => expect(JSON.stringify(refusals)).toContain('evt.deployer.deployment-created.v1'));
  await user.close();
  const all = await connect({ servers: nats.url, user: 'test', pass: nats.passwordOf('test') });
  const heard = all.subscribe('anything', { max: 1 });
  all.publish('anything', 'yes');
  for await (const message of heard) expect(message.string()).toBe('yes');
  await all.close();
  await nats.stop();
});

test('a NATS server that was killed comes back at the same address', async () => {
  const nats = await startTestNats();
  const options = { servers: nats.url, user: 'test', pass: nats.passwordOf('test') };
  await nats.kill();
  await expect(connect({ ...options, reconnect: false })).rejects.toThrow();
  await nats.start();
  const connection = await connect(options);
  await connection.flush();
  await connection.close();
  await nats.stop();
});
