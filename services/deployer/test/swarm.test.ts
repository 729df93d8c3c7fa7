import { afterAll, beforeAll, expect, test as always } from '@jest/globals';
import { deployerRequests } from '@aether/contracts/deployer';
import { machineRequests, type MachineFinding } from '@aether/contracts/machine';
import { openclawRequests } from '@aether/contracts/openclaw';
import { newId } from '@aether/messaging/id';
import { hasDockerEngine, openClawImage } from '@aether/testing/docker-engine';
import { eventually } from '@aether/testing/eventually';
import { ServiceCarrier } from '../src/swarm/service-carrier.js';
import {
  brokenImage,
  docker,
  LAST_WORDS,
  reachOfTwo,
  startContainerSystem,
  within,
  type ContainerSystem,
} from './container-system.js';

const {
  createDeployment,
  startDeployment,
  stopDeployment,
  repairDeployment,
  redeployDeployment,
  deleteDeployment,
  getDeploymentMetrics,
} = deployerRequests;
const { createChat } = openclawRequests;
const foreign = `foreign-${newId()}`;

const engine = await hasDockerEngine();
const test = engine ? always : always.skip;

let system: ContainerSystem;
let image: string;
let isOurSwarm = false;
beforeAll(async () => {
  if (!engine) return;
  image = await openClawImage();
  system = await startContainerSystem(image);
  isOurSwarm = (await docker('info', '--format', '{{.Swarm.ControlAvailable}}')) === 'false';
}, 600_000);
afterAll(async () => {
  if (!engine) return;
  await system.stop();
  if (isOurSwarm) await docker('swarm', 'leave', '--force');
});

async function manageSwarm(): Promise<void> {
  if ((await docker('info', '--format', '{{.Swarm.ControlAvailable}}')) === 'false')
    await docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
}
const deployed = async (name: string, settings = {}) =>
  system.call(createDeployment, { name, template: 'general', runtime: 'swarm', settings });
const isSwarm = ({ part }: MachineFinding) => part === 'swarm';
const containerOf = async (id: string) =>
  docker('ps', '--all', '--quiet', '--filter', `label=aether.deployment=${id}`);

test('an engine in no swarm is told as such, and the deployment can be repaired once it manages one', async () => {
  const swarm = async () => (await system.call(machineRequests.examineMachine, {})).items.find(isSwarm);
  // Somebody's swarm is not ours to leave.
  if (!isOurSwarm) return expect(await swarm()).toMatchObject({ ok: true });
  expect(await swarm()).toMatchObject({
    ok: false,
    needed: false,
    remedy: expect.stringContaining('docker swarm init'),
  });
  const { id } = await deployed('early');
  const failed = await system.inState(id, 'failed', within);
  expect(failed.failure).toMatchObject({ step: 'preflight', code: 'engine_without_swarm' });

  await manageSwarm();
  await system.call(repairDeployment, { id });
  await system.untilReady(id);
  expect(await swarm()).toMatchObject({ ok: true });
  await system.call(deleteDeployment, { id });
  await system.inState(id, 'deleted', within);
}, 900_000);

test('an agent as a service is deployed, chats, and goes on with the same chat after stop, start and removal', async () => {
  await manageSwarm();
  await docker(
    ...['service', 'create', '--detach', '--name', foreign, '--label', 'aether.deployment=x'],
    ...[image, 'sleep', '3600'],
  );
  const { id } = await deployed('served', { memoryMb: 1_800 });
  const service = `aether-${id}`;
  expect(await system.untilReady(id)).toMatchObject({
    runtime: 'swarm',
    image: expect.stringContaining('sha256:'),
  });
  const chat = await system.call(createChat, { deploymentId: id });
  await system.ask(chat.id, 'hello');
  await system.ask(chat.id, 'write kept.md: the otter sleeps');

  const [{ HostConfig, NetworkSettings } = {}] = JSON.parse(
    await docker('inspect', await containerOf(id)),
  ) as {
    HostConfig?: Record<string, unknown>;
    NetworkSettings?: { Ports: Record<string, { HostIp: string }[]> };
  }[];
  expect(HostConfig).toMatchObject({
    Memory: 1_800 * 1_048_576,
    PidsLimit: 512,
    CapDrop: ['ALL'],
    Privileged: false,
    Init: true,
  });
  expect(Object.values(NetworkSettings?.Ports ?? {})).toEqual([
    [expect.objectContaining({ HostIp: '127.0.0.1' })],
  ]);
  const figures = await system.call(getDeploymentMetrics, { id });
  expect(figures.memoryBytes).toBeGreaterThan(100_000_000);
  expect(figures.diskBytes).toBeGreaterThan(0);

  await system.call(stopDeployment, { id });
  await system.inState(id, 'stopped', within);
  expect(await docker('service', 'inspect', '--format', '{{.Spec.Mode.Replicated.Replicas}}', service)).toBe(
    '0',
  );
  await system.call(startDeployment, { id });
  await system.untilReady(id);
  expect(await system.reply(chat.id, 'read kept.md')).toContain('the otter sleeps');

  await docker('service', 'rm', service);
  const lost = await system.inState(id, 'failed');
  expect(lost.failure).toMatchObject({ code: 'lost' });
  await system.call(repairDeployment, { id });
  await system.untilReady(id);
  expect(await system.reply(chat.id, 'read kept.md')).toContain('the otter sleeps');
  expect(await system.ask(chat.id, 'and now?')).toContain('hello');
  const texts = (await system.lines(id, { source: 'process' })).map(({ text }) => text);
  expect(texts.filter((text) => text.includes('[gateway] ready'))).toHaveLength(3);
  // What it said while it was stopped outlives the container that the swarm then removed.
  expect(texts.some((text) => text.includes('SIGTERM'))).toBe(true);

  await system.call(deleteDeployment, { id });
  await system.inState(id, 'deleted', within);
  expect(await containerOf(id)).toBe('');
  expect(await docker('volume', 'ls', '--quiet', '--filter', `label=aether.deployment=${id}`)).toBe('');
  expect(await docker('service', 'ls', '--quiet', '--filter', `label=aether.deployment=${id}`)).toBe('');
  expect(await docker('service', 'ls', '--format', '{{.Replicas}}', '--filter', `name=${foreign}`)).toBe(
    '1/1',
  );
  await docker('service', 'rm', foreign);
}, 900_000);

test('a service whose image is broken is taken back to the one that ran, with its state', async () => {
  await manageSwarm();
  const broken = await brokenImage(image);
  const tag = `aether/moving:${newId()}`;
  await docker('tag', image, tag);
  try {
    const { id } = await deployed('changed', { image: tag });
    const { image: ran } = await system.untilReady(id);
    const chat = await system.call(createChat, { deploymentId: id });
    await system.ask(chat.id, 'write kept.md: the otter sleeps');
    await docker('tag', broken, tag);
    await system.call(redeployDeployment, { id });
    await eventually(async () => expect((await system.get(id)).operation).toBe('rollback'), within);
    const back = await system.untilReady(id);
    expect(back).toMatchObject({ image: ran, failure: { step: 'start', code: 'rolled_back' } });
    expect(await docker('inspect', '--format', '{{.Image}}', await containerOf(id))).toBe(ran);
    const texts = (await system.lines(id, { source: 'process' })).map(({ text }) => text);
    expect(texts).toContain(LAST_WORDS);
    expect(await system.reply(chat.id, 'read kept.md')).toContain('the otter sleeps');
    await docker('tag', image, tag);
    await system.call(redeployDeployment, { id, settings: { isolated: true } });
    await system.inState(id, 'starting');
    expect(await system.untilReady(id)).toMatchObject({ failure: null });
    await system.ask(chat.id, 'alone in its network');
    await system.call(deleteDeployment, { id });
    await system.inState(id, 'deleted', within);
  } finally {
    await docker('rmi', '--force', tag, broken);
  }
}, 900_000);

test('services that are isolated cannot reach one another, and are reached at their published port all the same', async () => {
  await manageSwarm();
  const reach = (isolated: boolean) =>
    reachOfTwo((client, defaults) => new ServiceCarrier(client, defaults), { image, isolated });
  expect(await reach(true)).toEqual({ fromHost: 'here', fromOther: 'nothing' });
  expect(await reach(false)).toEqual({ fromHost: 'here', fromOther: 'here' });
}, 300_000);
