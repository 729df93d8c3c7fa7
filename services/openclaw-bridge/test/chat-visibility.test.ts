import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openclawRequests, type Chat } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { eventually } from '@aether/testing/eventually';
import { person, startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

let bridge: BridgeUnderTest;
let gateway: FakeGateway;
let chat: Chat;

const as = (id: string, role: 'viewer' | 'operator' | 'admin' = 'operator'): Partial<Context> => ({
  actor: { type: 'user', id, role },
});
const owner = as(person);
const other = as(randomUUID());
const {
  abortTurn,
  createChat,
  decideApproval,
  deleteAttachment,
  deleteChat,
  followChat,
  getChat,
  listApprovals,
  listChats,
  listMessages,
  putAttachment,
  readAttachment,
  searchMessages,
  sendMessage,
  updateChat,
} = openclawRequests;

const visibleTo = async (who: Partial<Context>) => {
  const { items } = await bridge.call(listChats, {}, who);
  return items.map(({ id }) => id);
};
beforeAll(async () => {
  [bridge, gateway] = await Promise.all([
    startBridgeUnderTest({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' }),
    FakeGateway.start(),
  ]);
  chat = await bridge.chatWith(gateway.url, gateway.token);
});
afterAll(async () => {
  await bridge.stop();
  await gateway.stop();
});

test("a person's chat is their own, and seen by administrators and services", async () => {
  expect(chat).toMatchObject({ createdBy: person, visibility: 'private' });
  expect(await visibleTo(owner)).toEqual([chat.id]);
  expect(await visibleTo(as('root', 'admin'))).toEqual([chat.id]);
  expect(await visibleTo(other)).toEqual([]);
  const key: Partial<Context> = {
    actor: { type: 'key', id: randomUUID(), role: 'operator', ownerId: person },
  };
  const own = await bridge.call(createChat, { deploymentId: chat.deploymentId }, key);
  expect(own.createdBy).toBe(person);
  await bridge.call(deleteChat, { id: own.id }, owner);
});

test("attack: the ids of somebody else's chat, message, attachment and approval lead nowhere", async () => {
  const { id } = chat;
  const sent = await bridge.send(id, 'the password is swordfish');
  await bridge.reply(id, sent);
  const attachmentId = newId();
  const piece = {
    id,
    attachmentId,
    name: 'plan.txt',
    mediaType: 'text/plain',
    bytes: 4,
    offset: 0,
    content: Buffer.from('plan').toString('base64'),
  };
  await bridge.call(putAttachment, piece, owner);
  const absent = { code: 'chat_not_found' };
  await expect(bridge.call(getChat, { id }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(listMessages, { id }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(listMessages, { id, from: 1 }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(followChat, { id }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(sendMessage, { id, text: 'x' }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(abortTurn, { id }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(deleteChat, { id }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(updateChat, { id, visibility: 'open' }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(putAttachment, { ...piece, attachmentId: newId() }, other)).rejects.toMatchObject(
    absent,
  );
  await expect(bridge.call(searchMessages, { query: 'swordfish', chatId: id }, other)).rejects.toMatchObject(
    absent,
  );
  const hidden = { code: 'attachment_not_found' };
  await expect(bridge.call(readAttachment, { id: attachmentId }, other)).rejects.toMatchObject(hidden);
  await expect(bridge.call(deleteAttachment, { id: attachmentId }, other)).rejects.toMatchObject(hidden);
  expect((await bridge.call(searchMessages, { query: 'swordfish' }, other)).items).toEqual([]);
  expect((await bridge.call(searchMessages, { query: 'swordfish' }, owner)).items).toHaveLength(1);

  const approvalId = newId();
  await bridge.query(
    `INSERT INTO approval (id, connection_id, chat_id, gateway_id, command, state, created_at, expires_at)
     VALUES ($1, $2, $3, 'g', 'rm', 'pending', now(), now() + interval '1 hour')`,
    [approvalId, chat.connectionId, id],
  );
  expect((await bridge.call(listApprovals, {}, other)).items).toEqual([]);
  expect((await bridge.call(listApprovals, {}, owner)).items).toHaveLength(1);
  await expect(
    bridge.call(decideApproval, { id: approvalId, decision: 'allow' }, other),
  ).rejects.toMatchObject({ code: 'approval_not_found' });
});

test('a chat that is opened to all is seen by all, and its person alone says so', async () => {
  const opened = await bridge.call(updateChat, { id: chat.id, visibility: 'open', title: 'For all' }, owner);
  expect(opened).toMatchObject({ visibility: 'open', title: 'For all' });
  expect(await visibleTo(other)).toEqual([chat.id]);
  await expect(bridge.call(updateChat, { id: chat.id, visibility: 'private' }, other)).rejects.toMatchObject({
    code: 'forbidden',
  });
  await expect(
    bridge.call(updateChat, { id: chat.id, title: 'x' }, as(person, 'viewer')),
  ).rejects.toMatchObject({
    code: 'forbidden',
  });
});

test('whoever looks on is told when others may see it no more', async () => {
  const screen = bridge.follow(chat.id);
  await bridge.bus.flush();
  await bridge.call(updateChat, { id: chat.id, visibility: 'private' }, owner);
  await eventually(() => expect(screen.frames).toContainEqual({ kind: 'access' }));
  expect(await visibleTo(other)).toEqual([]);
});

test('events about a private chat say for whom they are, also those of its turns', async () => {
  // Held back, so that they can be looked at.
  await bridge.query(`CREATE TABLE told AS SELECT * FROM outbox WHERE false`);
  await bridge.query(`CREATE FUNCTION keep() RETURNS trigger AS
    'BEGIN INSERT INTO told SELECT NEW.*; RETURN NEW; END' LANGUAGE plpgsql`);
  await bridge.query(`CREATE TRIGGER keep AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION keep()`);
  gateway.turns.script = function* () {
    yield { tool: { name: 'exec', args: { command: 'ls' }, result: 'x' } };
    yield { text: 'Done.' };
  };
  const sent = await bridge.send(chat.id, 'look');
  await bridge.reply(chat.id, sent);
  await bridge.call(deleteChat, { id: chat.id }, owner);
  const rows = await bridge.query('SELECT subject, headers FROM told');
  const subjects = rows.map(({ subject }) => String(subject));
  for (const event of ['message-stored', 'tool-finished', 'message-finished', 'chat-deleted'])
    expect(subjects).toContain(`evt.openclaw.${event}.v1`);
  for (const { headers } of rows) expect((headers as Record<string, string>)['x-visible-to']).toBe(person);
});

test("a mission's chat is its person's, as private as the mission", async () => {
  const service: Partial<Context> = { actor: { type: 'service', id: 'orchestrator', role: null } };
  const { deploymentId } = chat;
  const input = { deploymentId, createdBy: person, visibility: 'private' as const };
  await expect(bridge.call(createChat, input, other)).rejects.toMatchObject({ code: 'forbidden' });
  const own = await bridge.call(createChat, input, service);
  expect(await visibleTo(owner)).toContain(own.id);
  expect(await visibleTo(other)).not.toContain(own.id);
});

test('a private connection, its agents and events are shown to its person alone', async () => {
  const remote = await FakeGateway.start();
  const { createConnection, deleteConnection, getConnection, listAgents, listConnections } = openclawRequests;
  const { listAgentFiles, listProbes, rotateDevice, updateConnection } = openclawRequests;
  const input = { name: 'mine', url: remote.url, auth: 'token' as const, credential: remote.token };
  const made = await bridge.call(createConnection, { ...input, visibility: 'private' }, owner);
  const { id } = made;
  expect(made).toMatchObject({ createdBy: person, visibility: 'private' });
  await eventually(async () => {
    const { items } = await bridge.call(listAgents, { deploymentId: id }, owner);
    expect(items).toMatchObject([{ online: true, visibility: 'private' }]);
  });
  const absent = { code: 'connection_not_found' };
  expect((await bridge.call(listConnections, {}, other)).items.map((each) => each.id)).not.toContain(id);
  expect((await bridge.call(listConnections, {}, owner)).items.map((each) => each.id)).toContain(id);
  expect((await bridge.call(listAgents, { deploymentId: id }, other)).items).toEqual([]);
  expect((await bridge.call(listAgents, {}, other)).items.map((each) => each.connectionId)).not.toContain(id);
  await expect(bridge.call(getConnection, { id }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(listProbes, { id }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(rotateDevice, { id }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(updateConnection, { id, name: 'theirs' }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(deleteConnection, { id }, other)).rejects.toMatchObject(absent);
  await expect(bridge.call(createChat, { deploymentId: id }, other)).rejects.toMatchObject(absent);
  const which = { deploymentId: id, agentId: 'main' };
  await expect(bridge.call(listAgentFiles, which, other)).rejects.toMatchObject(absent);
  const told = await bridge.query(
    `SELECT headers FROM told WHERE subject LIKE 'evt.openclaw.connection%' AND payload->'connection'->>'id' = $1`,
    [id],
  );
  expect(told.length).toBeGreaterThan(0);
  for (const { headers } of told) expect((headers as Record<string, string>)['x-visible-to']).toBe(person);

  await bridge.call(updateConnection, { id, visibility: 'open' }, owner);
  expect(await bridge.call(getConnection, { id }, other)).toMatchObject({ visibility: 'open' });
  await expect(bridge.call(updateConnection, { id, visibility: 'private' }, other)).rejects.toMatchObject({
    code: 'forbidden',
  });
  await bridge.call(deleteConnection, { id }, owner);
  await remote.stop();
});
