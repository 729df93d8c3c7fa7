import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { authService } from '@aether/auth/service';
import { authRequests } from '@aether/contracts/auth';
import { deployerRequests } from '@aether/contracts/deployer';
import { openclawRequests } from '@aether/contracts/openclaw';
import { modelsService } from '@aether/models/service';
import { openclawBridgeService } from '@aether/openclaw-bridge/service';
import { adoptGateway } from '@aether/openclaw-process/process';
import { openClawDirectory } from '@aether/testing/config';
import { eventually } from '@aether/testing/eventually';
import { as, kill, startSystem, type System } from './system.js';

const { stopDeployment, deleteDeployment, updateDeployment } = deployerRequests;
const { createChat, sendMessage, listMessages } = openclawRequests;
/** Two gateways that start side by side on a busy machine. */
const within = { timeoutMs: 180_000 };

let system: System;
beforeAll(async () => {
  system = await startSystem(
    { RUNTIME_DIR: openClawDirectory, LEASE_S: '3', STOP_AGENTS_ON_EXIT: 'true' },
    {
      services: [
        { service: authService, settings: { MASTER_KEY: randomBytes(32).toString('base64') } },
        { service: openclawBridgeService, settings: {} },
        { service: modelsService, settings: { MODELS_PORT: '0', DEMO_DELAY_MS: '1' } },
      ],
    },
  );
}, 300_000);
afterAll(async () => system.stop());

const directoryOf = (id: string) => join(system.environment.DATA_DIR ?? '', 'deployments', id);
const pidOf = (id: string) => adoptGateway(directoryOf(id))?.pid;

async function expectAnswer(deploymentId: string): Promise<void> {
  const chat = await system.call(createChat, { deploymentId });
  await system.call(sendMessage, { id: chat.id, text: 'hello' });
  await eventually(async () => {
    const { items } = await system.call(listMessages, { id: chat.id });
    const reply = items.find(({ role }) => role === 'assistant');
    expect(reply).toMatchObject({ state: 'complete' });
    expect(reply?.text).not.toBe('');
  }, within);
}

test('real gateways are deployed side by side, answer, and live through kills of themselves and of the deployer', async () => {
  let deployer = await system.spawn();
  const [one, two] = [await system.create('one'), await system.create('two')];
  const [first, second] = [
    await system.inState(one.id, 'ready', within),
    await system.inState(two.id, 'ready', within),
  ];
  expect(first.url).not.toBe(second.url);
  expect(await readdir(join(directoryOf(one.id), 'workspace', 'main'))).toEqual(
    expect.arrayContaining(['AGENTS.md', 'SOUL.md']),
  );
  await expectAnswer(one.id);

  process.kill(pidOf(one.id) ?? 0, 'SIGKILL');
  const starting = await system.inState(one.id, 'starting');
  expect(starting.waitsFor).toContain('SIGKILL');
  await system.inState(one.id, 'ready', within);
  await expectAnswer(one.id);
  const texts = (await system.lines(one.id, { source: 'process' })).map(({ text }) => text);
  expect(texts.filter((text) => text === '[gateway] ready')).toHaveLength(2);

  const pid = pidOf(two.id);
  await kill(deployer);
  deployer = await system.spawn();
  await system.call(stopDeployment, { id: one.id });
  await system.inState(one.id, 'stopped', within);
  expect(pidOf(one.id)).toBeUndefined();
  expect(pidOf(two.id)).toBe(pid);

  deployer.kill('SIGTERM');
  await eventually(() => expect(deployer.exitCode).toBe(0), { timeoutMs: 30_000 });
  expect(pidOf(two.id)).toBeUndefined();
  deployer = await system.spawn();
  await system.inState(two.id, 'ready', within);
  expect((await system.get(one.id)).state).toBe('stopped');

  for (const { id } of [one, two]) await system.call(deleteDeployment, { id });
  for (const { id } of [one, two]) await system.inState(id, 'deleted', within);
  expect(await readdir(join(directoryOf(one.id), '..'))).toEqual([]);
}, 900_000);

test("a gateway's token that is replaced in the vault while it answers is taken over by agent and bridge, nothing that was or is written is lost, and who sees the agent is known to both", async () => {
  await system.spawn();
  const { id } = await system.create('rotated');
  await system.inState(id, 'ready', within);
  const secrets = await system.call(authRequests.listSecrets, {}, as('admin'));
  const secret = secrets.items.find(({ usedBy }) =>
    usedBy.some(({ purpose }) => purpose === 'deployment rotated'),
  );
  expect(secret?.usedBy.map(({ service }) => service).sort()).toEqual(['deployer', 'openclaw-bridge']);
  const [busy, idle] = [
    await system.call(createChat, { deploymentId: id }),
    await system.call(createChat, { deploymentId: id }),
  ];

  await system.call(sendMessage, { id: busy.id, text: 'count to 200' });
  const value = randomBytes(32).toString('base64url');
  await system.call(authRequests.replaceSecret, { id: secret?.id ?? '', value }, as('admin'));
  await eventually(async () => expect(await system.get(id)).toMatchObject({ operation: 'restart' }), within);
  await system.call(sendMessage, { id: idle.id, text: 'meanwhile' });
  await system.inState(id, 'ready', within);
  const answered = { role: 'assistant', state: 'complete', reason: null };
  for (const chat of [busy, idle])
    await eventually(async () => {
      // The newest first.
      const { items } = await system.call(listMessages, { id: chat.id });
      expect(items).toMatchObject([answered, { role: 'user' }]);
      if (chat === busy) expect(items[0]?.text).toContain('200');
    }, within);
  const keys = await readFile(join(directoryOf(id), 'secrets', 'keys.json'), 'utf8');
  expect(keys).toContain(value);

  const other = as('operator');
  const agentsOf = async () =>
    (await system.call(openclawRequests.listAgents, { deploymentId: id }, other)).items;
  expect(await agentsOf()).toHaveLength(1);
  await system.call(updateDeployment, { id, visibility: 'private' });
  await eventually(async () => expect(await agentsOf()).toEqual([]));
  await expect(system.call(createChat, { deploymentId: id }, other)).rejects.toMatchObject({
    code: 'connection_not_found',
  });
  await system.call(createChat, { deploymentId: id });
  await system.call(deleteDeployment, { id });
  await system.inState(id, 'deleted', within);
}, 600_000);
