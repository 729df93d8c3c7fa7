import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { authRequests } from '@aether/contracts/auth';
import { openclawRequests, type Chat, type Connection } from '@aether/contracts/openclaw';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { eventually } from '@aether/testing/eventually';
import { startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

let bridge: BridgeUnderTest;
let gateway: FakeGateway;

beforeAll(async () => {
  bridge = await startBridgeUnderTest({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' });
});
afterAll(() => bridge.stop());
afterEach(() => gateway.stop());

async function replaceToken(chat: Chat, value: string): Promise<void> {
  const [row] = await bridge.query('SELECT token_secret_id FROM connection WHERE id = $1', [
    chat.connectionId,
  ]);
  await bridge.call(authRequests.replaceSecret, { id: String(row?.token_secret_id), value });
}

const isInState = (chat: Chat, state: Connection['state']) =>
  eventually(async () => {
    const connection = await bridge.call(openclawRequests.getConnection, { id: chat.connectionId });
    expect(connection.state).toBe(state);
  });

describe('a token that is replaced', () => {
  test('after the gateway’s own is used at once, and the message that waited is sent once', async () => {
    gateway = await FakeGateway.start({ token: 'old-token' });
    const chat = await bridge.chatWith(gateway.url, 'old-token');
    const port = Number(new URL(gateway.url).port);
    await gateway.stop();
    gateway = await FakeGateway.start({ token: 'new-token', port });
    await isInState(chat, 'refused');
    const sent = await bridge.send(chat.id, 'hello');
    await replaceToken(chat, 'new-token');
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'complete' });
    await isInState(chat, 'connected');
    expect(gateway.callsOf('chat.send')).toHaveLength(1);
  });

  test('while a turn runs loses nothing of it', async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    gateway = await FakeGateway.start({
      script: async function* () {
        yield { text: 'first, ' };
        await finished;
        yield { text: 'then the rest' };
      },
    });
    const chat = await bridge.chatWithRemote(gateway.url, gateway.token);
    const sent = await bridge.send(chat.id, 'hello');
    await eventually(async () => expect((await bridge.messages(chat.id)).at(-1)?.text).toBe('first, '));
    const [socket] = gateway.connected;
    await replaceToken(chat, gateway.token);
    await eventually(() => {
      expect(gateway.connected).toHaveLength(1);
      expect(gateway.connected).not.toContain(socket);
    });
    finish();
    expect(await bridge.reply(chat.id, sent)).toMatchObject({
      state: 'complete',
      text: 'first, then the rest',
    });
    expect(gateway.callsOf('chat.send')).toHaveLength(1);
  });

  test('by a wrong one says so, and by the right one connects again', async () => {
    gateway = await FakeGateway.start();
    const chat = await bridge.chatWithRemote(gateway.url, gateway.token);
    await replaceToken(chat, 'a-wrong-token');
    await isInState(chat, 'refused');
    await replaceToken(chat, gateway.token);
    await isInState(chat, 'connected');
  });

  test('leaves the connection that stands to a deployed gateway, which is restarted with it', async () => {
    gateway = await FakeGateway.start();
    const chat = await bridge.chatWith(gateway.url, gateway.token);
    const [socket] = gateway.connected;
    await replaceToken(chat, 'the-next-token');
    const sent = await bridge.send(chat.id, 'hello');
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'complete' });
    expect(gateway.connected).toEqual([socket]);
  });
});
