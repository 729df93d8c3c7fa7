import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openclawRequests } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { useRealGateway } from '@aether/testing/real-gateway';
import { say } from '@aether/testing/scripted-model';
import { startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

const gateway = useRealGateway({ models: [{ id: 'scripted-1' }, { id: 'scripted-2' }] });
const person = (role: 'operator' | 'viewer'): Partial<Context> => ({
  actor: { type: 'user', id: '01a20bc2-a856-776f-b392-f9004b364209', role },
});
const operator = person('operator');

let bridge: BridgeUnderTest;
let deploymentId: string;

beforeAll(async () => {
  bridge = await startBridgeUnderTest();
  ({ deploymentId } = await bridge.chatWith(gateway().url, gateway().token));
});
afterAll(() => bridge.stop());

/** What the gateway's model was told for the last reply of an agent. */
async function toldTo(agentId: string): Promise<string> {
  gateway().model.answer(() => say('Yes.'));
  const chat = await bridge.call(openclawRequests.createChat, { deploymentId, agentId }, operator);
  const sent = await bridge.call(
    openclawRequests.sendMessage,
    { id: chat.id, text: 'Who are you?' },
    operator,
  );
  expect(await bridge.reply(chat.id, sent, 60_000)).toMatchObject({ state: 'complete', text: 'Yes.' });
  return JSON.stringify(gateway().model.requests.at(-1));
}

test('a second agent with its own instructions and model answers in the same gateway', async () => {
  const models = await bridge.call(openclawRequests.listGatewayModels, { deploymentId }, operator);
  expect(models.items.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['aether/scripted-1', 'aether/scripted-2']),
  );
  const agent = await bridge.call(
    openclawRequests.createAgent,
    {
      deploymentId,
      name: 'Worker B',
      model: 'aether/scripted-2',
      files: { 'SOUL.md': 'You are a lighthouse.' },
    },
    operator,
  );
  expect(agent).toMatchObject({ id: 'worker-b', name: 'Worker B', model: 'aether/scripted-2', online: true });
  const asked = await toldTo('worker-b');
  expect(asked).toContain('You are a lighthouse.');
  expect(JSON.parse(asked)).toMatchObject({ model: 'scripted-2' });
  const first = await toldTo('main');
  expect(first).not.toContain('lighthouse');
  expect(JSON.parse(first)).toMatchObject({ model: 'scripted-1' });
});

test("an agent's files are listed, read and written, and count from its next turn on", async () => {
  const which = { deploymentId, agentId: 'worker-b' };
  const { items } = await bridge.call(openclawRequests.listAgentFiles, which, operator);
  expect(items).toContainEqual({ name: 'SOUL.md', size: 21, missing: false, content: null });
  expect(items).toContainEqual({ name: 'USER.md', size: 0, missing: true, content: null });
  const content = 'Ships are to be greeted.';
  await bridge.call(openclawRequests.setAgentFile, { ...which, name: 'AGENTS.md', content }, operator);
  expect(
    await bridge.call(openclawRequests.getAgentFile, { ...which, name: 'AGENTS.md' }, operator),
  ).toMatchObject({ content, missing: false });
  expect(await toldTo('worker-b')).toContain(content);
});

test.each([
  ['path traversal by the name of a file', { name: '../../openclaw.json', content: 'x' }, 'invalid_input'],
  ['a file that is no instruction', { name: 'NOTES.md', content: 'x' }, 'invalid_input'],
  ['an agent that is not there', { agentId: 'nobody', name: 'SOUL.md', content: 'x' }, 'agent_not_found'],
])('%s is refused', async (_, input, code) => {
  const which = { deploymentId, agentId: 'worker-b', ...input } as never;
  await expect(bridge.call(openclawRequests.setAgentFile, which, operator)).rejects.toMatchObject({ code });
});

test('an agent is renamed and given another model; one the gateway has not is refused', async () => {
  const which = { deploymentId, agentId: 'worker-b' };
  const renamed = await bridge.call(openclawRequests.updateAgent, { ...which, name: 'Keeper' }, operator);
  expect(renamed.name).toBe('Keeper');
  const wrong = { ...which, model: 'nope/none' };
  await expect(bridge.call(openclawRequests.updateAgent, wrong, operator)).rejects.toMatchObject({
    code: 'model_not_offered',
  });
  await expect(
    bridge.call(openclawRequests.createAgent, { deploymentId, name: 'Worker B' }, operator),
  ).rejects.toMatchObject({ code: 'agent_exists' });
});

test('a viewer reads and changes nothing; the first agent stays; another goes with its files', async () => {
  const which = { deploymentId, agentId: 'worker-b' };
  const viewer = person('viewer');
  await bridge.call(openclawRequests.listAgentFiles, which, viewer);
  for (const attempt of [
    bridge.call(openclawRequests.setAgentFile, { ...which, name: 'SOUL.md', content: 'x' }, viewer),
    bridge.call(openclawRequests.deleteAgent, which, viewer),
    bridge.call(openclawRequests.createAgent, { deploymentId, name: 'Mine' }, viewer),
  ])
    await expect(attempt).rejects.toMatchObject({ code: 'forbidden' });
  await expect(
    bridge.call(openclawRequests.deleteAgent, { deploymentId, agentId: 'main' }, operator),
  ).rejects.toMatchObject({ code: 'agent_needed' });
  expect(await bridge.call(openclawRequests.deleteAgent, which, operator)).toEqual({ deleted: true });
  await eventually(async () => {
    const { items } = await bridge.call(openclawRequests.listAgents, { deploymentId }, operator);
    expect(items.map(({ id }) => id)).toEqual(['main']);
  });
});

test('while the gateway is away that is said', async () => {
  await gateway().kill();
  await eventually(async () => {
    const { items } = await bridge.call(openclawRequests.listAgents, { deploymentId }, operator);
    expect(items[0]?.online).toBe(false);
  });
  await expect(
    bridge.call(openclawRequests.listAgentFiles, { deploymentId, agentId: 'main' }, operator),
  ).rejects.toMatchObject({ code: 'gateway_away' });
});
