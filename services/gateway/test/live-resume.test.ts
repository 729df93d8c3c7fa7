import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { modelsEvents } from '@aether/contracts/models';
import { openclawLive, openclawRequests } from '@aether/contracts/openclaw';
import { openclawCatalog } from '@aether/contracts/openclaw';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { LiveClient, type Frame } from './live-client.js';
import { LogOwner } from './log-owner.js';
import { startEdge, type Edge } from './start-edge.js';

let edge: Edge;
let logs: LogOwner;
let token: string;
const clients: LiveClient[] = [];

beforeAll(async () => {
  edge = await startEdge({
    absent: ['deployer', 'openclaw'],
    environment: { LIVE_BUFFER_BYTES_MAX: '65536' },
  });
  logs = await LogOwner.start(edge);
  token = await edge.auth.tokenOf('admin');
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});
afterAll(() => edge.stop());

async function open(): Promise<LiveClient> {
  const client = await LiveClient.open(edge.url, { token });
  clients.push(client);
  return client;
}

const seqsOf = (frames: readonly Frame[]) => frames.map(({ data }) => (data as { seq: number }).seq);
const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('what was written before, during and after the subscription comes once and in order', async () => {
  const from = logs.length + 1;
  logs.write(220);
  const client = await open();
  client.send({ type: 'subscribe', topic: `logs/${logs.id}`, after: String(from - 1) });
  for (let round = 0; round < 30; round += 1) {
    logs.write(10);
    await setImmediate();
  }
  await eventually(() => expect(seqsOf(client.of('frame'))).toEqual(range(from, logs.length)));
  expect(client.of('frame').map(({ seq }) => seq)).toEqual(range(1, client.of('frame').length));
});

test('a dropped socket resumes by its last cursor without loss and without double', async () => {
  const first = await open();
  await first.subscribe(`logs/${logs.id}`, String(logs.length));
  const from = logs.length + 1;
  logs.write(40);
  await eventually(() => expect(first.of('frame').length).toBeGreaterThan(10));
  first.ws.terminate();
  const seen = first.of('frame');
  logs.write(100);
  const second = await open();
  await second.subscribe(`logs/${logs.id}`, seen.at(-1)?.cursor);
  logs.write(25);
  await eventually(() => expect(seqsOf([...seen, ...second.of('frame')])).toEqual(range(from, logs.length)));
});

test('a client that does not read is told to resync, and misses nothing when it does', async () => {
  const client = await open();
  await client.subscribe(`logs/${logs.id}`, String(logs.length));
  const from = logs.length + 1;
  client.ws.pause();
  // More than the sockets of both ends hold, so that the bound of the edge is reached.
  for (let round = 0; round < 400; round += 1) {
    logs.write(5, 'x'.repeat(8_000));
    await setImmediate();
  }
  client.ws.resume();
  let answered = 0;
  const lastCursor = () => client.of('frame').at(-1)?.cursor ?? String(from - 1);
  await eventually(
    () => {
      // As every client does: what ended in a resync is followed again behind the last frame.
      const resyncs = client.of('resync');
      if (resyncs.length > answered)
        client.send({ type: 'subscribe', topic: `logs/${logs.id}`, after: lastCursor() });
      answered = resyncs.length;
      expect(answered).toBeGreaterThan(0);
      expect(seqsOf(client.of('frame'))).toEqual(range(from, logs.length));
    },
    { timeoutMs: 45_000 },
  );
  expect(client.of('resync')[0]).toEqual({
    type: 'resync',
    topic: `logs/${logs.id}`,
    reason: 'slow-client',
  });
});

test('text of a row that the backfill told already is not told again, its change of state is', async () => {
  const id = randomUUID();
  const chatId = id;
  const messageId = randomUUID();
  const delta = (offset: number, text: string) => ({
    cursor: `7:${offset + text.length}`,
    data: { kind: 'delta' as const, messageId, seq: 7, offset, delta: text },
  });
  let release: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (release = resolve));
  const owner = await edge.play(openclawCatalog, {
    followChat: async () => {
      owner.publishLive(openclawLive.chat, chatId, delta(0, 'Hel'));
      owner.publishLive(openclawLive.chat, chatId, delta(3, 'lo'));
      owner.publishLive(openclawLive.chat, chatId, delta(5, ' there'));
      await owner.flush();
      release();
      return { entries: [delta(0, 'Hello')], cursor: '7:5', more: false };
    },
  });
  const client = await open();
  await client.subscribe(`chat/${id}`);
  await asked;
  await eventually(() => expect(client.of('frame').at(-1)?.cursor).toBe('7:11'));
  expect(client.of('frame').map(({ cursor }) => cursor)).toEqual(['7:5', '7:5', '7:11']);
  expect(openclawRequests.followChat.subject).toContain('follow-chat');
});

const revoked = (deploymentId: string) => ({ deploymentId });
const subject = modelsEvents.virtualKeyRevoked.subject;

test('events resume by their place in the stream, across a dropped socket and a join with the tail', async () => {
  const first = await open();
  const { cursor } = await first.subscribe('events/models');
  const ids = Array.from({ length: 60 }, () => randomUUID() as string);
  for (const id of ids.slice(0, 20)) await edge.publish(subject, revoked(id));
  await eventually(() => expect(first.of('frame')).toHaveLength(20));
  await first.close();
  for (const id of ids.slice(20, 40)) await edge.publish(subject, revoked(id));

  const second = await open();
  const resumed = second.subscribe('events/models', first.of('frame')[9]?.cursor);
  for (const id of ids.slice(40)) await edge.publish(subject, revoked(id));
  await resumed;
  const told = (frames: readonly Frame[]) =>
    frames.map(({ data }) => (data as { data: { deploymentId: string } }).data.deploymentId);
  await eventually(() => expect(told(second.of('frame'))).toEqual(ids.slice(10)));
  expect(second.of('frame').map(({ seq }) => seq)).toEqual(range(1, 50));
  expect(cursor).toMatch(/^\d+$/);
});

test('a frame carries the correlation id of the request that caused its event', async () => {
  const client = await open();
  await client.subscribe('events/models');
  const correlationId = await edge.publish(subject, revoked(randomUUID()));
  const frame = await client.first('frame');
  expect(frame.correlationId).toBe(correlationId);
  expect(frame.data).toMatchObject({ event: subject, actorId: 'test', correlationId });
  expect(frame.data).not.toHaveProperty('causationId');
});

test('a cursor that the stream does not know ends in a resync, not in silence', async () => {
  const client = await open();
  client.send({ type: 'subscribe', topic: 'events/models', after: '99999' });
  expect(await client.first('resync')).toMatchObject({ topic: 'events/models', reason: 'cursor-unknown' });
  client.send({ type: 'subscribe', topic: 'events/models', after: 'elsewhere' });
  expect(await client.first('error')).toMatchObject({ topic: 'events/models', code: 'invalid_input' });
});

test('after NATS was killed, log followers are told to resync and events go on without a gap', async () => {
  const client = await open();
  await client.subscribe(`logs/${logs.id}`, String(logs.length));
  await client.subscribe('events/models');
  await edge.publish(subject, revoked(randomUUID()));
  await eventually(() => expect(client.of('frame')).toHaveLength(1));

  await edge.nats.kill();
  const from = logs.length + 1;
  logs.write(10);
  await edge.nats.start();

  await eventually(() =>
    expect(client.of('resync')).toEqual([
      { type: 'resync', topic: `logs/${logs.id}`, reason: 'bus-reconnected' },
    ]),
  );
  const last = randomUUID();
  await eventually(() => edge.publish(subject, revoked(last)));
  // Their owner may be back at the bus later than the gateway is: who is refused by that asks again.
  const again = () => client.send({ type: 'subscribe', topic: `logs/${logs.id}`, after: String(from - 1) });
  again();
  let refused = 0;
  await eventually(
    () => {
      const refusals = client.of('error').length;
      if (refusals > refused) again();
      refused = refusals;
      expect(client.of('subscribed')).toHaveLength(3);
    },
    { intervalMs: 250 },
  );
  await eventually(() => {
    const frames = client.of('frame');
    const lines = frames.filter(({ topic }) => topic.startsWith('logs/'));
    const events = frames.filter(({ topic }) => topic === 'events/models');
    expect(seqsOf(lines)).toEqual(range(from, logs.length));
    expect(events.at(-1)?.data).toMatchObject({ data: { deploymentId: last } });
    expect(events.map(({ seq }) => seq)).toEqual(range(1, events.length));
    const cursors = events.map(({ cursor }) => Number(cursor));
    expect(cursors).toEqual(range(cursors[0] ?? 0, cursors.at(-1) ?? 0));
  });
});
