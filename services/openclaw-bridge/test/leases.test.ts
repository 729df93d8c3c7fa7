import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { authRequests } from '@aether/contracts/auth';
import { openclawRequests } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { startService, type RunningService } from '@aether/runtime/service';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { eventually } from '@aether/testing/eventually';
import { openclawBridgeService } from '../src/service.js';
import { person, startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

const GATEWAYS = 6;
const operator: Partial<Context> = { actor: { type: 'user', id: person, role: 'operator' } };
const admin: Partial<Context> = { actor: { type: 'user', id: randomUUID(), role: 'admin' } };

let bridge: BridgeUnderTest;
let second: RunningService | undefined;
let gateways: FakeGateway[];
let tokenSecretId: string;
/** By gateway. */
let deployments: string[];

beforeAll(async () => {
  bridge = await startBridgeUnderTest({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' });
  gateways = await Promise.all(Array.from({ length: GATEWAYS }, () => FakeGateway.start()));
  const secret = { name: 'token of all', value: 'fake-token' };
  ({ id: tokenSecretId } = await bridge.call(authRequests.storeSecret, secret));
  deployments = await Promise.all(gateways.map((gateway) => open(gateway)));
});
afterAll(async () => {
  await second?.stop();
  await bridge.stop();
  await Promise.all(gateways.map((gateway) => gateway.stop()));
});
beforeEach(async () => {
  second ??= await startService(openclawBridgeService, bridge.environment);
  await areShared([GATEWAYS / 2, GATEWAYS / 2]);
});

async function open(gateway: FakeGateway): Promise<string> {
  const deploymentId = randomUUID();
  const target = { deploymentId, name: 'shared', url: gateway.url, tokenSecretId };
  await bridge.call(openclawRequests.openConnection, target);
  return deploymentId;
}

/** How many connections each instance holds, all of them connected by one socket. */
const areShared = (expected: number[]) =>
  eventually(async () => {
    const rows = await bridge.query(
      `SELECT count(*)::int FROM connection WHERE state = 'connected' GROUP BY lease_holder`,
    );
    expect(rows.map(({ count }) => count)).toEqual(expected);
    expect(gateways.map(({ connected }) => connected.length)).toEqual(gateways.map(() => 1));
  });

const sockets = () => gateways.map(({ connected }) => connected[0]);

/** Every gateway is connected anew. */
const areOthersThan = (before: unknown[]) =>
  eventually(() => {
    for (const [index, gateway] of gateways.entries()) {
      expect(gateway.connected).toHaveLength(1);
      expect(gateway.connected[0]).not.toBe(before[index]);
    }
  });

/** Claims as a third instance would, which then does nothing until it leaves. */
async function claimAsStranger(connectionId: string): Promise<() => Promise<unknown>> {
  const stranger = randomUUID();
  await bridge.query(`INSERT INTO instance VALUES ($1, now() + interval '1 hour')`, [stranger]);
  await bridge.query('UPDATE connection SET lease_holder = $1, lease_fence = lease_fence + 1 WHERE id = $2', [
    stranger,
    connectionId,
  ]);
  return () => bridge.query('DELETE FROM instance WHERE id = $1', [stranger]);
}

describe('connections', () => {
  test('are given back by whoever holds more than its share when another instance joins', async () => {
    const holders = await bridge.query('SELECT DISTINCT lease_holder FROM connection');
    const living = await bridge.query('SELECT id FROM instance WHERE lease_until > now()');
    expect(holders.map((row) => row.lease_holder).toSorted()).toEqual(living.map(({ id }) => id).toSorted());
  });

  test('are left to the others by an instance that stops, and nothing of it stays', async () => {
    await second?.stop();
    second = undefined;
    await areShared([GATEWAYS]);
    expect(await bridge.query('SELECT id FROM instance')).toHaveLength(1);
  });

  test('are opened anew by every holder when their token is replaced', async () => {
    // The deployer restarts the gateways of its deployments first.
    await bridge.query(`UPDATE connection SET kind = 'remote'`);
    const before = sockets();
    await bridge.call(authRequests.replaceSecret, { id: tokenSecretId, value: 'fake-token' });
    await areOthersThan(before);
    await bridge.query(`UPDATE connection SET kind = 'deployed'`);
  });

  test('are opened with a new device by their holder, whoever is asked for it', async () => {
    const before = sockets();
    for (const { id } of await bridge.query('SELECT id FROM connection'))
      await bridge.call(openclawRequests.rotateDevice, { id: String(id) }, admin);
    await areOthersThan(before);
  });

  test('are closed by their holder, whoever is asked for it', async () => {
    for (const deploymentId of deployments)
      await bridge.call(openclawRequests.closeConnection, { deploymentId, remove: true });
    await eventually(() => expect(sockets()).toEqual(gateways.map(() => undefined)));
    deployments = await Promise.all(gateways.map((gateway) => open(gateway)));
    await areShared([GATEWAYS / 2, GATEWAYS / 2]);
  });
});

describe('a request about a gateway', () => {
  test('is answered by it, whichever instance it reaches', async () => {
    const { getAgentFile } = openclawRequests;
    for (const [index, gateway] of gateways.entries())
      gateway.override('agents.files.get', () => ({ file: { name: 'SOUL.md', content: `soul ${index}` } }));
    for (const [index, deploymentId] of deployments.entries())
      for (let again = 0; again < 4; again += 1)
        expect(
          await bridge.call(getAgentFile, { deploymentId, agentId: 'main', name: 'SOUL.md' }, operator),
        ).toMatchObject({ content: `soul ${index}` });
  });

  test('that it refuses is refused in the same words', async () => {
    for (const gateway of gateways)
      gateway.override('agents.list', () => ({ ...LISTED, agents: [{ id: 'main' }] }));
    for (const deploymentId of deployments)
      await expect(
        bridge.call(openclawRequests.deleteAgent, { deploymentId, agentId: 'main' }, operator),
      ).rejects.toMatchObject({ code: 'agent_needed' });
  });

  test('begins, shows, stops and deletes turns, whichever instance it reaches', async () => {
    for (const [index, gateway] of gateways.entries()) {
      gateway.turns.script = async function* ({ signal }) {
        yield { text: 'as far as this' };
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      };
      const input = { deploymentId: deployments[index] as string, agentId: 'main' };
      const chat = await bridge.call(openclawRequests.createChat, input, operator);
      const sent = await bridge.send(chat.id, 'go');
      await eventually(async () => {
        const { entries } = await bridge.call(openclawRequests.followChat, { id: chat.id, after: '2:3' });
        expect(entries.map(({ data }) => data)).toEqual([
          expect.objectContaining({ kind: 'delta', offset: 3, delta: 'far as this' }),
        ]);
      });
      expect((await bridge.messages(chat.id)).at(-1)?.text).toBe('as far as this');
      expect(await bridge.call(openclawRequests.abortTurn, { id: chat.id }, operator)).toEqual({
        aborted: true,
      });
      expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'aborted', text: 'as far as this' });
      await bridge.call(openclawRequests.deleteChat, { id: chat.id }, operator);
      await eventually(() => expect(gateway.callsOf('sessions.delete')).toHaveLength(1));
      expect(gateway.callsOf('chat.send')).toHaveLength(1);
    }
  });
});

describe('what an instance still does after another has claimed its connection', () => {
  test('is not stored, and is done once by whoever holds it next', async () => {
    const [gateway] = gateways as [FakeGateway];
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    gateway.turns.script = async function* () {
      yield { text: 'begun' };
      await finished;
      yield { text: ' and ended' };
    };
    const input = { deploymentId: deployments[0] as string, agentId: 'main' };
    const chat = await bridge.call(openclawRequests.createChat, input, operator);
    const sent = await bridge.send(chat.id, 'go');
    await eventually(async () => expect((await bridge.messages(chat.id)).at(-1)?.text).toBe('begun'));
    const leave = await claimAsStranger(chat.connectionId);
    finish();
    await eventually(() => expect(gateway.connected).toHaveLength(0));
    expect((await bridge.messages(chat.id)).at(-1)?.finishedAt).toBeNull();
    await expect(bridge.send(chat.id, 'next')).rejects.toMatchObject({ code: 'turn_running' });
    await leave();
    expect(await bridge.reply(chat.id, sent)).toMatchObject({ state: 'complete', text: 'begun and ended' });
    expect(gateway.callsOf('chat.send').filter((call) => isOf(call, sent.id))).toHaveLength(1);
  });

  test('waits where nobody does it: a message is stored, and an abort is not lost', async () => {
    const input = { deploymentId: deployments[1] as string, agentId: 'main' };
    const [gateway] = gateways.slice(1) as [FakeGateway];
    gateway.turns.script = () => [{ text: 'answered' }];
    const kept = await bridge.call(openclawRequests.createChat, input, operator);
    const stopped = await bridge.call(openclawRequests.createChat, input, operator);
    const leave = await claimAsStranger(kept.connectionId);
    await eventually(() => expect(gateway.connected).toHaveLength(0));
    const first = await bridge.send(kept.id, 'wait');
    const aborted = await bridge.send(stopped.id, 'wait');
    expect((await bridge.messages(kept.id)).at(-1)).toMatchObject({
      state: 'queued',
      reason: { code: 'gateway_away' },
    });
    expect(await bridge.call(openclawRequests.abortTurn, { id: stopped.id }, operator)).toEqual({
      aborted: true,
    });
    await leave();
    expect(await bridge.reply(kept.id, first)).toMatchObject({ state: 'complete', text: 'answered' });
    expect(await bridge.reply(stopped.id, aborted)).toMatchObject({ state: 'aborted' });
    expect(gateway.callsOf('chat.send').filter((call) => isOf(call, aborted.id))).toEqual([]);
  });
});

const LISTED = { defaultId: 'main', mainKey: 'main', scope: 'per-sender' };

const isOf = (call: unknown, messageId: string) =>
  (call as { idempotencyKey?: string }).idempotencyKey === messageId;
