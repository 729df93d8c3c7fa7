import { describe, expect, test } from '@jest/globals';
import { openclawRequests, type Connection, type Message } from '@aether/contracts/openclaw';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { useRealGateway } from '@aether/testing/real-gateway';
import { say } from '@aether/testing/scripted-model';
import { approve, operator, useRemote } from './remote-under-test.js';

const { getConnection, rotateDevice, updateConnection } = openclawRequests;

const gateway = useRealGateway({ bind: 'lan' });
const remote = useRemote(gateway);

describe('a real gateway that sees the bridge come from its own machine', () => {
  test('lets it in with the token, and lacks nothing that is used', async () => {
    const { near, connect, outcome } = remote();
    const connection = await outcome(await connect(near), { state: 'connected' });
    expect(connection).toMatchObject({ protocol: 4, missing: [] });
  });

  test('lets it in with the token given as a password', async () => {
    const { near, connect, outcome } = remote();
    await outcome(await connect(near, { auth: 'password' }), { state: 'connected' });
  });

  test('refuses a wrong token and says what to do', async () => {
    const { near, connect, outcome } = remote();
    const { reason } = await outcome(await connect(near, { credential: 'wrong' }), {
      state: 'refused',
      code: 'token_mismatch',
    });
    expect(reason?.remedy).toContain('present token');
  });

  test('wants its token although a device is shown', async () => {
    const { near, connect, outcome } = remote();
    const id = await connect(near, { auth: 'device', credential: undefined });
    await outcome(id, { state: 'refused', code: 'token_missing' });
  });

  test('takes it for a browser where a proxy adds an origin', async () => {
    const { near, connect, outcome } = remote();
    near.headers = { origin: 'http://elsewhere.example' };
    await outcome(await connect(near), { state: 'refused', code: 'origin_not_allowed' });
  });

  test.each([
    ['x-forwarded-for', '203.0.113.9'],
    ['forwarded', 'for=203.0.113.9'],
  ])('refuses the upgrade through a proxy it does not trust (%s)', async (name, value) => {
    const { near, far, connect, outcome } = remote();
    near.headers = far.headers = { [name]: value };
    for (const through of [near, far]) {
      const { reason } = await outcome(await connect(through), {
        state: 'refused',
        code: 'proxy_not_trusted',
      });
      expect(reason?.remedy).toContain('gateway.trustedProxies');
    }
  });

  test('takes headers of Cloudflare Access as nothing special', async () => {
    const { near, connect, outcome } = remote();
    near.headers = { 'cf-access-client-id': 'a', 'cf-connecting-ip': '203.0.113.9' };
    await outcome(await connect(near), { state: 'connected' });
  });
});

describe('a real gateway that sees the bridge come from elsewhere', () => {
  test('has its device approved by the command that is told, and is used at once', async () => {
    const { far, bridge, connect, outcome } = remote();
    const id = await connect(far);
    const waiting = await outcome(id, { state: 'pairing', code: 'pairing_required' });
    expect(waiting.reason?.remedy).toContain(waiting.pairing?.command);
    await approve(gateway(), waiting);
    await outcome(id, { state: 'connected' });
    gateway().model.answer(() => say('From far away.'));
    const chat = await bridge.call(openclawRequests.createChat, { deploymentId: id }, operator);
    const sent = await bridge.send(chat.id, 'hello');
    expect(await bridge.reply(chat.id, sent, 60_000)).toMatchObject({
      state: 'complete',
      text: 'From far away.',
    });
  }, 240_000);

  test('refuses it where a proxy adds an origin', async () => {
    const { far, connect, outcome } = remote();
    far.headers = { origin: 'http://elsewhere.example' };
    await outcome(await connect(far), { state: 'refused', code: 'origin_not_allowed' });
  });
});

describe('neither the turn that runs nor the message sent meanwhile is lost or doubled', () => {
  test('while the token of a real gateway is replaced, there and then here', async () => {
    const { far, bridge, connect, outcome } = remote();
    const id = await connect(far);
    await approve(gateway(), await outcome(id, { state: 'pairing', code: 'pairing_required' }));
    await outcome(id, { state: 'connected' });
    gateway().model.answer(() => say('One two three four five.', { chunkDelayMs: 1_000 }));
    const sent = await turnsAround(id, async () => {
      await gateway().replaceToken(`another-${newId()}`);
      await gateway().restart();
      await outcome(id, { state: 'refused', code: 'token_mismatch' });
    });
    await bridge.call(updateConnection, { id, credential: gateway().token }, operator);
    await expectOnce(sent);
  }, 300_000);

  test('while the device key is replaced, and approved at a real gateway', async () => {
    const { far, bridge, connect, outcome } = remote();
    const id = await connect(far);
    await approve(gateway(), await outcome(id, { state: 'pairing', code: 'pairing_required' }));
    await outcome(id, { state: 'connected' });
    gateway().model.answer(() => say('One two three four five.', { chunkDelayMs: 1_000 }));
    let waiting: Connection | undefined;
    const sent = await turnsAround(id, async () => {
      await bridge.call(rotateDevice, { id }, operator);
      waiting = await outcome(id, { state: 'pairing', code: 'pairing_required' });
    });
    if (waiting) await approve(gateway(), waiting);
    await expectOnce(sent);
  }, 300_000);

  /** One message whose turn runs, then what replaces, then another message. */
  async function turnsAround(deploymentId: string, replace: () => Promise<void>) {
    const { bridge } = remote();
    const chat = await bridge.call(openclawRequests.createChat, { deploymentId }, operator);
    const running = await bridge.send(chat.id, `first ${newId()}`);
    await eventually(async () => expect((await bridge.messages(chat.id)).at(-1)?.text).toContain('One'), {
      timeoutMs: 60_000,
    });
    await replace();
    // Of another chat: in one, a message waits until the one before has its answer.
    const other = await bridge.call(openclawRequests.createChat, { deploymentId }, operator);
    return [running, await bridge.send(other.id, `second ${newId()}`)];
  }

  async function expectOnce(sent: readonly Message[]): Promise<void> {
    const { bridge } = remote();
    for (const message of sent)
      expect(await bridge.reply(message.chatId, message, 120_000)).toMatchObject({
        state: 'complete',
        text: 'One two three four five.',
      });
    const asked = gateway().model.requests.map((request) => request.task);
    for (const { text } of sent) expect(asked.filter((task) => task.includes(text))).toHaveLength(1);
  }
});

test('a real gateway that stops, starts and is back says so each time', async () => {
  const { near, bridge, connect, outcome } = remote();
  const held = await connect(near, { credential: gateway().token });
  await outcome(held, { state: 'connected' });
  gateway().model.answer(() => say('One two three four five.', { chunkDelayMs: 1_000 }));
  const chat = await bridge.call(openclawRequests.createChat, { deploymentId: held }, operator);
  await bridge.send(chat.id, 'keep it busy');
  await eventually(async () => expect((await bridge.messages(chat.id)).at(-1)?.text).toContain('One'), {
    timeoutMs: 60_000,
  });
  const tried = await connect(near);
  const restarted = gateway().restart();
  const heldSaw = new Set<string | undefined>();
  const triedSaw = new Set<string | undefined>();
  await eventually(
    async () => {
      // Each try that is over is followed by another at once.
      const { state, reason } = await bridge.call(getConnection, { id: tried });
      triedSaw.add(reason?.code);
      if (state === 'disconnected') await bridge.call(updateConnection, { id: tried }, operator);
      heldSaw.add((await bridge.call(getConnection, { id: held })).reason?.code);
      expect([...triedSaw]).toEqual(expect.arrayContaining(['draining', 'starting']));
    },
    { timeoutMs: 120_000 },
  );
  expect([...heldSaw]).toContain('stopping');
  await restarted;
  await outcome(held, { state: 'connected' });
}, 300_000);

// Last: the address stays locked out.
test('a real gateway locks an address out after many wrong tokens, the right one too', async () => {
  const { far, bridge, connect, outcome } = remote();
  const id = await connect(far, { credential: 'wrong' });
  const answer = () =>
    eventually(async () => {
      const { state, reason } = await bridge.call(getConnection, { id });
      expect(state).not.toBe('connecting');
      return reason?.code;
    });
  // Those that other tests showed it count as well.
  for (let attempt = 1; attempt <= 10 && (await answer()) === 'token_mismatch'; attempt += 1)
    await bridge.call(updateConnection, { id, credential: `wrong-${attempt}` }, operator);
  await outcome(id, { state: 'disconnected', code: 'locked_out' });
  await bridge.call(updateConnection, { id, credential: gateway().token }, operator);
  const { nextAttemptAt } = await outcome(id, { state: 'disconnected', code: 'locked_out' });
  expect(Date.parse(nextAttemptAt ?? '') - Date.now()).toBeGreaterThan(60_000);
});
