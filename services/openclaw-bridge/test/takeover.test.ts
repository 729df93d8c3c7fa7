import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { authRequests } from '@aether/contracts/auth';
import { openclawEvents, openclawRequests, type Chat, type Message } from '@aether/contracts/openclaw';
import { serviceContext, type Context } from '@aether/messaging/context';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { eventually } from '@aether/testing/eventually';
import { startBridgeProcess, type BridgeProcess } from './bridge-process.js';
import { person, startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

const operator: Partial<Context> = { actor: { type: 'user', id: person, role: 'operator' } };
const { sendMessage } = openclawRequests;
const PATIENCE = { timeoutMs: 90_000, intervalMs: 200 };

let bridge: BridgeUnderTest;
let first: BridgeProcess;
let second: BridgeProcess;
let gateways: FakeGateway[];
let chats: Chat[];

beforeEach(async () => {
  bridge = await startBridgeUnderTest({}, { startsBridge: false });
  first = startBridgeProcess(bridge.environment);
  second = startBridgeProcess(bridge.environment);
});
afterEach(async () => {
  await Promise.all([first.stop(), second.stop()]);
  await bridge.stop();
  await Promise.all(gateways.map((gateway) => gateway.stop()));
});

/** Two processes with half of `count` connections each, and a chat at every gateway. */
async function shareGateways(count: number): Promise<void> {
  gateways = await Promise.all(Array.from({ length: count }, () => FakeGateway.start()));
  const secret = { name: 'token of all', value: 'fake-token' };
  await eventually(() => bridge.call(openclawRequests.getHealth, {}), PATIENCE);
  const { id: tokenSecretId } = await bridge.call(authRequests.storeSecret, secret);
  const deploymentIds = gateways.map(() => randomUUID());
  for (const [index, { url }] of gateways.entries()) {
    const deploymentId = deploymentIds[index] as string;
    const target = { deploymentId, name: 'shared', url, tokenSecretId };
    await bridge.call(openclawRequests.openConnection, target);
  }
  await areShared([count / 2, count / 2]);
  chats = [];
  for (const deploymentId of deploymentIds)
    chats.push(await bridge.call(openclawRequests.createChat, { deploymentId }, operator));
}

async function holders(): Promise<string[]> {
  const rows = await bridge.query('SELECT DISTINCT lease_holder FROM connection');
  return rows.map((row) => String(row.lease_holder));
}

/** Numbers, since to print the gateways themselves takes a test longer than what it waits for. */
const socketCounts = () => gateways.map(({ connected }) => connected.length);

const areShared = (expected: number[]) =>
  eventually(async () => {
    const rows = await bridge.query(
      `SELECT count(*)::int FROM connection WHERE state = 'connected' GROUP BY lease_holder`,
    );
    expect(rows.map(({ count }) => count)).toEqual(expected);
    expect(socketCounts()).toEqual(gateways.map(() => 1));
  }, PATIENCE);

/** How often each message was told of over the bus, by what was told. */
async function told() {
  const { lastSeq } = (await bridge.bus.streamRange('openclaw')) ?? { lastSeq: 0 };
  const counts = { stored: new Map<string, number>(), finished: new Map<string, number>() };
  const count = (map: Map<string, number>, { id }: Message) => map.set(id, (map.get(id) ?? 0) + 1);
  const enough = new AbortController();
  for await (const event of bridge.bus.readEvents('openclaw', 1, enough.signal)) {
    const { messageStored, messageFinished } = openclawEvents;
    if (event.subject === messageStored.subject)
      count(counts.stored, messageStored.data.parse(event.payload).message);
    if (event.subject === messageFinished.subject)
      count(counts.finished, messageFinished.data.parse(event.payload).message);
    if (event.streamSeq >= lastSeq) enough.abort();
  }
  return counts;
}

/** Each is told of exactly once, and nothing else is. */
async function areToldOnce(prompts: readonly Message[], ended: readonly Row[]): Promise<void> {
  await eventually(async () => {
    const { stored, finished } = await told();
    expect(stored).toEqual(new Map(prompts.map(({ id }) => [id, 1])));
    expect(finished).toEqual(new Map(ended.map(({ id }) => [id, 1])));
  });
}

/** Sends as a client does: again, under the same key, where nobody answered in time. */
async function say(chat: Chat, text: string): Promise<Message> {
  const context = { ...operator, idempotencyKey: randomUUID() };
  return eventually(() => bridge.call(sendMessage, { id: chat.id, text }, context), PATIENCE);
}

async function sayToAll(text: string): Promise<Message[]> {
  const prompts: Message[] = [];
  for (const chat of chats) prompts.push(await say(chat, text));
  return prompts;
}

interface Row {
  readonly id: string;
  readonly state: string;
  readonly text: string;
}

/** The replies to these, from the rows, once all have ended. */
const replies = (prompts: readonly Message[]): Promise<Row[]> =>
  eventually(async () => {
    const rows = await bridge.query(
      `SELECT id, reply_to, state, text, finished_at FROM message WHERE role = 'assistant'`,
    );
    const found = prompts.map(({ id }) => rows.find((row) => row.reply_to === id));
    expect(found.filter((row) => !row?.finished_at)).toHaveLength(0);
    return found as unknown as Row[];
  }, PATIENCE);

describe('two hundred connections of two processes', () => {
  test('are taken over from one that is killed, with every turn whole, told once and shown without a gap', async () => {
    await shareGateways(200);
    let isSpeaking = true;
    const said = gateways.map(() => '');
    for (const [index, gateway] of gateways.entries())
      gateway.turns.script = async function* () {
        for (let count = 1; isSpeaking; count += 1) {
          const text = `${count} `;
          said[index] += text;
          yield { text };
          await delay(500 + Math.random() * 1_000);
        }
        said[index] += 'end.';
        yield { text: 'end.' };
      };
    const screens = chats.map(({ id }) => bridge.follow(id));
    await bridge.bus.flush();
    const prompts = await sayToAll('speak');
    await eventually(() => expect(screens.filter((screen) => screen.text() === '').length).toBe(0), PATIENCE);

    const seconds = stopwatch();
    first.signal('SIGKILL');
    await eventually(
      async () => {
        expect((await holders()).length).toBe(1);
        expect(socketCounts()).toEqual(gateways.map(() => 1));
      },
      { ...PATIENCE, intervalMs: 10 },
    );
    const untilConnected = seconds();
    const shown = screens.map((screen) => screen.text());
    await eventually(
      () => expect(screens.filter((screen, index) => screen.text() === shown[index]).length).toBe(0),
      { ...PATIENCE, intervalMs: 10 },
    );
    process.stderr.write(
      `After the kill 100 connections stood again within ${untilConnected} s, and every turn went on within ${seconds()} s.\n`,
    );
    isSpeaking = false;

    const ended = await replies(prompts);
    expect(ended.map(({ state }) => state)).toEqual(chats.map(() => 'complete'));
    expect(ended.map(({ text }) => text)).toEqual(said);
    await eventually(() => expect(screens.map((screen) => screen.text())).toEqual(said));
    expect(gateways.map((gateway) => gateway.callsOf('chat.send').length)).toEqual(gateways.map(() => 1));
    await areToldOnce(prompts, ended);
  }, 240_000);
});

describe('a process that sleeps while others take over', () => {
  test('does no harm when it wakes, and takes its share again', async () => {
    await shareGateways(4);
    const until = { asleep: gate(), awake: gate() };
    for (const gateway of gateways)
      gateway.turns.script = async function* ({ message }) {
        yield { text: `to ${message}:` };
        await until.asleep.opened;
        yield { text: ' said while it slept' };
        if (message === 'second') await until.awake.opened;
        yield { text: ' and to the end' };
      };
    const prompts = await sayToAll('first');
    await eventually(async () => {
      for (const { id } of chats) expect((await bridge.messages(id)).at(-1)?.text).toBe('to first:');
    });

    const before = await holders();
    first.signal('SIGSTOP');
    // Its sockets stand, as far as anybody can see; the other's come beside them.
    await eventually(() => expect(socketCounts().toSorted()).toEqual([1, 1, 2, 2]), PATIENCE);
    until.asleep.open();
    const ended = await replies(prompts);
    const [awake] = await holders();
    const asleep = before.find((holder) => holder !== awake);
    const again = await Promise.all(
      chats.map(async ({ id }) => {
        const input = { id, text: 'second' };
        const context = { ...serviceContext('test'), ...operator, idempotencyKey: randomUUID() };
        const ask = (instance = '') => bridge.bus.passOn(instance, sendMessage, { input, context });
        // It finds these when it wakes, long after their senders have turned to the other.
        await expect(ask(asleep)).rejects.toMatchObject({ code: 'timeout' });
        return (await ask(awake))?.output as Message;
      }),
    );
    first.signal('SIGCONT');
    await areShared([2, 2]);
    until.awake.open();
    ended.push(...(await replies(again)));
    for (const { text } of ended)
      expect(text).toMatch(/^to (first|second): said while it slept and to the end$/);
    for (const gateway of gateways) expect(gateway.callsOf('chat.send')).toHaveLength(2);
    await areToldOnce([...prompts, ...again], ended);
  }, 240_000);
});

function stopwatch(): () => string {
  const begun = performance.now();
  return () => ((performance.now() - begun) / 1_000).toFixed(2);
}

/** A promise that the test settles. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
