import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test as always } from '@jest/globals';
import { authService } from '@aether/auth/service';
import { deployerRequests } from '@aether/contracts/deployer';
import { openclawRequests } from '@aether/contracts/openclaw';
import { newId } from '@aether/messaging/id';
import { modelsService } from '@aether/models/service';
import { openclawBridgeService } from '@aether/openclaw-bridge/service';
import { hasDockerEngine, openClawImage } from '@aether/testing/docker-engine';
import { eventually } from '@aether/testing/eventually';
import { startSystem, type System } from './system.js';

const {
  createDeployment,
  startDeployment,
  stopDeployment,
  repairDeployment,
  redeployDeployment,
  deleteDeployment,
  getDeploymentMetrics,
} = deployerRequests;
const { createChat, sendMessage, listMessages } = openclawRequests;
const within = { timeoutMs: 300_000 };
const foreign = `foreign-${newId()}`;

const engine = await hasDockerEngine();
const test = engine ? always : always.skip;

async function docker(...args: string[]): Promise<string> {
  return (await promisify(execFile)('docker', args)).stdout.trim();
}

let system: System;
let image: string;
beforeAll(async () => {
  if (!engine) return;
  image = await openClawImage();
  system = await startSystem(
    { LEASE_S: '3', DOCKER_IMAGE: image, START_MAX_S: '240' },
    {
      services: [
        { service: authService, settings: { MASTER_KEY: randomBytes(32).toString('base64') } },
        { service: openclawBridgeService, settings: {} },
        { service: modelsService, settings: { MODELS_PORT: '0', DEMO_DELAY_MS: '1' } },
      ],
    },
  );
  await system.spawn();
  await docker(
    'run',
    '--detach',
    '--name',
    foreign,
    '--label',
    'aether.deployment=x',
    image,
    'sleep',
    '3600',
  );
}, 600_000);
afterAll(async () => {
  if (!engine) return;
  await docker('rm', '--force', foreign);
  await system.stop();
});

const containers = async (id: string) =>
  docker('ps', '--all', '--quiet', '--filter', `label=aether.deployment=${id}`);

async function ask(chatId: string, text: string): Promise<string> {
  const before = (await system.call(listMessages, { id: chatId })).items.length;
  await system.call(sendMessage, { id: chatId, text });
  return eventually(async () => {
    const { items } = await system.call(listMessages, { id: chatId });
    expect(items.length).toBe(before + 2);
    const reply = items.find(({ role, state }) => role === 'assistant' && state !== 'complete');
    expect(reply).toBeUndefined();
    return items.map(({ text: told }) => told).join('\n');
  }, within);
}

test('an agent in a container is deployed, chats, and goes on with the same chat after stop, start and removal', async () => {
  const { id } = await system.call(createDeployment, {
    name: 'boxed',
    template: 'general',
    runtime: 'docker',
    settings: { memoryMb: 1_800 },
  });
  const ready = await system.inState(id, 'ready', within);
  expect(ready).toMatchObject({ runtime: 'docker', image: expect.stringContaining('sha256:') });
  const chat = await system.call(createChat, { deploymentId: id });
  await ask(chat.id, 'hello');

  const [host] = JSON.parse(await docker('inspect', await containers(id))) as {
    HostConfig: Record<string, unknown>;
  }[];
  expect(host?.HostConfig).toMatchObject({
    Memory: 1_800 * 1_048_576,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges'],
    Privileged: false,
    Init: true,
  });
  const figures = await system.call(getDeploymentMetrics, { id });
  expect(figures.memoryBytes).toBeGreaterThan(100_000_000);
  expect(figures.diskBytes).toBeGreaterThan(0);

  await system.call(stopDeployment, { id });
  await system.inState(id, 'stopped', within);
  await system.call(startDeployment, { id });
  await system.inState(id, 'ready', within);
  await ask(chat.id, 'still there?');

  await docker('rm', '--force', await containers(id));
  const lost = await system.inState(id, 'failed');
  expect(lost.failure).toMatchObject({ code: 'lost' });
  await system.call(repairDeployment, { id });
  await system.inState(id, 'ready', within);
  await ask(chat.id, 'and now?');
  const texts = (await system.lines(id, { source: 'process' })).map(({ text }) => text);
  expect(texts.filter((text) => text.includes('[gateway] ready'))).toHaveLength(3);

  await system.call(deleteDeployment, { id });
  await system.inState(id, 'deleted', within);
  expect(await containers(id)).toBe('');
  expect(await docker('volume', 'ls', '--quiet', '--filter', `label=aether.deployment=${id}`)).toBe('');
  expect(await docker('inspect', '--format', '{{.State.Running}}', foreign)).toBe('true');
}, 900_000);

test('a change that does not become ready is taken back with the state, and told as such', async () => {
  const broken = `aether/broken:${newId()}`;
  const made = await docker('create', image, 'false');
  await docker('commit', '--change', 'CMD ["false"]', made, broken);
  await docker('rm', made);
  try {
    const { id } = await system.call(createDeployment, {
      name: 'changing',
      template: 'general',
      runtime: 'docker',
    });
    await system.inState(id, 'ready', within);
    const chat = await system.call(createChat, { deploymentId: id });
    await ask(chat.id, 'before');

    await system.call(redeployDeployment, { id, settings: { image: 'aether/absent:1' } });
    const untouched = await system.inState(id, 'ready', within);
    expect(untouched).toMatchObject({
      operation: 'redeploy',
      failure: { step: 'preflight', code: 'rolled_back' },
    });
    expect(untouched.failure?.cause).toContain('cannot be pulled');

    await system.call(redeployDeployment, { id, settings: { image: broken } });
    await eventually(async () => expect((await system.get(id)).operation).toBe('rollback'), within);
    const back = await system.inState(id, 'ready', within);
    expect(back).toMatchObject({ settings: {}, failure: { step: 'start', code: 'rolled_back' } });
    await ask(chat.id, 'after');

    await system.call(redeployDeployment, { id, settings: { memoryMb: 1_900 } });
    await system.inState(id, 'starting');
    const changed = await system.inState(id, 'ready', within);
    expect(changed).toMatchObject({ settings: { memoryMb: 1_900 }, failure: null });
    await ask(chat.id, 'with less memory');
    await system.call(deleteDeployment, { id });
    await system.inState(id, 'deleted', within);
  } finally {
    await docker('rmi', '--force', broken);
  }
}, 900_000);
