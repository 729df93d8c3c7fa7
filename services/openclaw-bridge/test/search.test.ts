import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openclawRequests, type Chat, type Message } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { person, startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

const { createChat, listMessages, searchMessages } = openclawRequests;
const owner: Partial<Context> = { actor: { type: 'user', id: person, role: 'operator' } };

let bridge: BridgeUnderTest;
let gateway: FakeGateway;
let chat: Chat;
let other: Chat;

const say = async (to: Chat, text: string): Promise<Message> => {
  const sent = await bridge.send(to.id, text);
  await bridge.reply(to.id, sent);
  return sent;
};
const find = async (query: string, more: { chatId?: string; limit?: number; cursor?: string } = {}) =>
  bridge.call(searchMessages, { query, ...more }, owner);
const textsOf = async (query: string) => (await find(query)).items.map(({ excerpt }) => excerpt);

beforeAll(async () => {
  [bridge, gateway] = await Promise.all([startBridgeUnderTest(), FakeGateway.start()]);
  gateway.turns.script = function* () {
    yield { text: 'Answered.' };
  };
  chat = await bridge.chatWith(gateway.url, gateway.token);
  other = await bridge.call(createChat, { deploymentId: chat.deploymentId, title: 'Other' }, owner);
  await say(chat, 'Look into services/openclaw-bridge/src/turn-driver.ts, please');
  await say(chat, 'The Ärger with 100% of O’Brien’s "queue" (again)');
  await say(other, `${'far away '.repeat(40)}the queue stands still${' and on'.repeat(60)}`);
});
afterAll(async () => {
  await bridge.stop();
  await gateway.stop();
});

test('words are found at their beginnings, in any order and case, within paths and beside signs', async () => {
  expect(await textsOf('driver BRIDGE')).toEqual([
    'Look into services/openclaw-bridge/src/turn-driver.ts, please',
  ]);
  expect(await textsOf('turn-dri')).toHaveLength(1);
  expect(await textsOf('ärg 100')).toHaveLength(1);
  expect(await textsOf('queue nowhere')).toEqual([]);
  expect(await textsOf('river')).toEqual([]);
});

test('what was found says where it is: its chat, its number, and the text around it', async () => {
  const { items } = await find('queue');
  expect(items.map(({ chatId }) => chatId)).toEqual([other.id, chat.id]);
  expect(items[0]).toMatchObject({ chatTitle: 'Other', seq: 1, role: 'user' });
  expect(items[0]?.excerpt).toMatch(/^….*the queue stands still.*…$/);
  expect((await find('queue', { chatId: chat.id })).items).toHaveLength(1);
  expect((await find('answered')).items).toHaveLength(3);
});

test('pages lead on without a repeat, newest first', async () => {
  const first = await find('queue', { limit: 1 });
  const second = await find('queue', { limit: 1, cursor: first.nextCursor ?? '' });
  expect([...first.items, ...second.items].map(({ chatId }) => chatId)).toEqual([other.id, chat.id]);
  expect(second.nextCursor).toBeNull();
});

test('attack: signs of the query language and of SQL are words, or nothing', async () => {
  for (const query of ["a' | !b", "'; DROP TABLE message; --", 'queue & (', 'x:*', '\\', '%'])
    await find(query).catch((error: unknown) => expect(error).toMatchObject({ code: 'invalid_input' }));
  await expect(find('!!! ()')).rejects.toMatchObject({ code: 'invalid_input' });
  expect((await find('queue')).items).toHaveLength(2);
});

test('a text of half a million characters is stored, and its beginning is found', async () => {
  const long = Array.from({ length: 25_000 }, (_, index) => `w${index}`).join(' ');
  gateway.turns.script = function* () {
    yield { text: `beginning ${long}` };
  };
  await say(other, 'write');
  expect((await find('beginning')).items).toHaveLength(1);
});

test('history is read on from any message, to both sides', async () => {
  const read = (bounds: { upTo?: number; from?: number; cursor?: string }) =>
    bridge.call(listMessages, { id: chat.id, limit: 2, ...bounds }, owner);
  const seqsOf = ({ items }: { items: Message[] }) => items.map(({ seq }) => seq);
  const older = await read({ upTo: 3 });
  expect(seqsOf(older)).toEqual([3, 2]);
  expect(seqsOf(await read({ upTo: 3, cursor: older.nextCursor ?? '' }))).toEqual([1]);
  const newer = await read({ from: 1 });
  expect(seqsOf(newer)).toEqual([1, 2]);
  const last = await read({ from: 1, cursor: newer.nextCursor ?? '' });
  expect(seqsOf(last)).toEqual([3, 4]);
  expect(last.nextCursor).toBeNull();
  await expect(read({ from: 1, upTo: 2 })).rejects.toMatchObject({ code: 'invalid_input' });
});
