import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { approvalEvents, approvalRequests, type Approval } from '@aether/contracts/approvals';
import { openclawRequests } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { useRealGateway } from '@aether/testing/real-gateway';
import { callTools, say } from '@aether/testing/scripted-model';
import { startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

const gateway = useRealGateway();
const service: Partial<Context> = { actor: { type: 'service', id: 'orchestrator', role: null } };
const operator: Partial<Context> = { actor: { type: 'user', id: crypto.randomUUID(), role: 'operator' } };
const told: string[] = [];
let bridge: BridgeUnderTest;

beforeAll(async () => {
  bridge = await startBridgeUnderTest();
  bridge.bus.consume({
    durable: { name: 'test-approvals', events: [approvalEvents.approvalRequested] },
    handle: ({ payload }) => {
      told.push((payload as { approval: Approval }).approval.command);
      return Promise.resolve();
    },
    giveUp: () => Promise.resolve(),
  });
  bridge.bus.start();
});
afterAll(() => bridge.stop());

test('a command that waits outlasts the bridge, is told once, and goes with its chat', async () => {
  const { deploymentId } = await bridge.chatWith(gateway().url, gateway().token);
  gateway().model.answer(({ toolResults }) =>
    toolResults.length > 0
      ? say('It ran.')
      : callTools([{ name: 'exec', arguments: { command: 'echo asked-first' } }]),
  );
  const input = { deploymentId, permissions: 'guarded' as const };
  const chat = await bridge.call(openclawRequests.createChat, input, service);
  const sent = await bridge.call(openclawRequests.sendMessage, { id: chat.id, text: 'run it' }, service);
  const waiting = async () => {
    const query = { chatId: chat.id, state: 'pending' as const };
    return (await bridge.call(approvalRequests.listApprovals, query, operator)).items;
  };
  await eventually(async () => expect(await waiting()).toHaveLength(1), { timeoutMs: 60_000 });

  await bridge.stopBridge();
  await bridge.startBridge();
  const [approval] = await waiting();
  expect(approval?.command).toBe('echo asked-first');
  const decide = { id: approval?.id ?? '', decision: 'allow' as const };
  // Refused as `gateway_away` until the bridge is connected again.
  const decided = await eventually(() => bridge.call(approvalRequests.decideApproval, decide, operator), {
    timeoutMs: 30_000,
  });
  expect(decided).toMatchObject({ state: 'allowed', decidedBy: operator.actor?.id });
  const reply = await bridge.reply(chat.id, sent, 60_000);
  expect(reply).toMatchObject({ state: 'complete', text: 'It ran.' });
  expect(gateway().model.requests.at(-1)?.toolResults.join()).toContain('asked-first');
  expect(told).toEqual(['echo asked-first']);

  await bridge.call(openclawRequests.deleteChat, { id: chat.id }, operator);
  const kept = await bridge.query('SELECT id FROM approval WHERE chat_id = $1', [chat.id]);
  expect(kept).toEqual([]);
});
