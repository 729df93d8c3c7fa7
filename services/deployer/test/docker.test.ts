import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test as always } from '@jest/globals';
import { deployerRequests } from '@aether/contracts/deployer';
import { openclawRequests } from '@aether/contracts/openclaw';
import { serviceContext } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { hasDockerEngine, openClawImage } from '@aether/testing/docker-engine';
import { eventually } from '@aether/testing/eventually';
import { ContainerCarrier } from '../src/docker/container-carrier.js';
import { USER_ID } from '../src/docker/container-spec.js';
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
const { createChat, sendMessage, listMessages } = openclawRequests;
const run = promisify(execFile);
const foreign = `foreign-${newId()}`;

const engine = await hasDockerEngine();
const test = engine ? always : always.skip;

let system: ContainerSystem;
let image: string;
let workspaces: string;
beforeAll(async () => {
  if (!engine) return;
  image = await openClawImage();
  workspaces = await mkdtemp(join(tmpdir(), 'aether-workspaces-'));
  system = await startContainerSystem(image, { WORKSPACES_DIR: workspaces });
  await runAside(foreign, { deployment: 'x' });
}, 600_000);
afterAll(async () => {
  if (!engine) return;
  await docker('rm', '--force', foreign);
  await system.stop();
  await rm(workspaces, { recursive: true, force: true });
});

const deployed = async (name: string, settings = {}) => {
  const asked = { name, template: 'general', runtime: 'docker' as const, settings };
  const { id } = await system.call(createDeployment, asked);
  return system.untilReady(id);
};
const removed = async (id: string) => {
  await system.call(deleteDeployment, { id });
  await system.inState(id, 'deleted', within);
  expect(await containers(id)).toBe('');
  expect(await docker('volume', 'ls', '--quiet', '--filter', `label=aether.deployment=${id}`)).toBe('');
};
const containers = async (id: string) =>
  docker('ps', '--all', '--quiet', '--filter', `label=aether.deployment=${id}`);
const ofContainer = async (id: string, format: string) =>
  docker('inspect', '--format', format, `aether-${id}`);
const imageOf = async (id: string) => ofContainer(id, '{{.Image}}');
const linesOf = async (id: string, source: 'step' | 'process') =>
  (await system.lines(id, { source })).map(({ text }) => text);
const isPairing = (text: string) => text.startsWith('The bridge is paired');
const installation = async () =>
  readFile(join(system.environment['DATA_DIR'] ?? '', 'docker', 'installation'), 'utf8');

/** What the gateway in the container knows: its devices, and the sessions it has written down. */
async function kept(id: string) {
  const asked = async (...command: string[]): Promise<unknown> =>
    JSON.parse(await docker('exec', `aether-${id}`, 'openclaw', ...command, '--json'));
  const [{ paired }, { sessions }] = (await Promise.all([
    asked('devices', 'list'),
    asked('sessions', '--agent', 'main'),
  ])) as [{ paired: Record<string, unknown>[] }, { sessions: Record<string, unknown>[] }];
  return {
    devices: paired.map(({ deviceId, approvedAtMs }) => ({ deviceId, approvedAtMs })),
    sessions: sessions.map(({ key, sessionId }) => ({ key, sessionId })),
  };
}

/** A container that the deployer did not make. */
async function runAside(name: string, labels: Record<string, string>, ...options: string[]): Promise<void> {
  const given = Object.entries(labels).flatMap(([label, value]) => ['--label', `aether.${label}=${value}`]);
  await docker('run', '--detach', '--name', name, ...given, ...options, image, 'sleep', '3600');
}

async function expectDefaults(id: string): Promise<void> {
  const [made] = JSON.parse(await docker('inspect', `aether-${id}`)) as object[];
  expect(made).toMatchObject({
    Config: { StopTimeout: 60 },
    HostConfig: {
      Memory: 2_048 * 1_048_576,
      MemorySwap: 2_048 * 1_048_576,
      NanoCpus: 2_000_000_000,
      PidsLimit: 512,
      RestartPolicy: { Name: 'no' },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Privileged: false,
      Init: true,
    },
    NetworkSettings: { Ports: { '18789/tcp': [{ HostIp: '127.0.0.1' }] } },
  });
}

/** Added at the gateway, which alone knows of it. */
async function expectKeeper(deploymentId: string): Promise<void> {
  const { items } = await system.call(openclawRequests.listAgents, { deploymentId });
  expect(items.map(({ id }) => id).sort()).toEqual(['keeper', 'main']);
  const soul = { deploymentId, agentId: 'keeper', name: 'SOUL.md' as const };
  expect((await system.call(openclawRequests.getAgentFile, soul)).content).toBe('You keep a lighthouse.');
}

async function expectFigures(id: string): Promise<void> {
  const figures = await system.call(getDeploymentMetrics, { id });
  expect(figures).toMatchObject({
    cpuPercent: expect.any(Number),
    memoryLimitBytes: 2_048 * 1_048_576,
    processes: expect.any(Number),
  });
  for (const used of ['memoryBytes', 'receivedBytes', 'sentBytes', 'diskBytes'] as const)
    expect(figures[used]).toBeGreaterThan(1_000);
}

test('an agent in a container is made within limits, and keeps files, pairing and chat over a stop amid a turn, its own end, and removal', async () => {
  const { id, image: exact } = await deployed('boxed');
  expect(exact).toContain('sha256:');
  await expectDefaults(id);
  const chat = await system.call(createChat, { deploymentId: id });
  await system.ask(chat.id, 'write kept.md: the otter sleeps');
  await expectFigures(id);
  const first = await kept(id);
  expect(first.devices).toHaveLength(1);
  expect(first.sessions).not.toHaveLength(0);
  await eventually(
    async () => expect(await ofContainer(id, '{{.State.Health.Status}}')).toBe('healthy'),
    within,
  );

  const files = { 'SOUL.md': 'You keep a lighthouse.' };
  await system.call(openclawRequests.createAgent, { deploymentId: id, name: 'Keeper', files });
  await system.call(sendMessage, { id: chat.id, text: 'count to 700' });
  const newest = async () => (await system.call(listMessages, { id: chat.id })).items[0];
  await eventually(async () => expect((await newest())?.text).toContain('1 2 3'), within);
  await system.call(stopDeployment, { id });
  await system.inState(id, 'stopped', within);
  expect(await linesOf(id, 'step')).toContain('disconnect: 1 turn is still running');
  expect(await newest()).toMatchObject({ state: 'complete', text: expect.stringMatching(/699 700\.$/u) });
  await system.call(startDeployment, { id });
  await system.untilReady(id);
  expect(await system.reply(chat.id, 'read kept.md')).toContain('the otter sleeps');
  await expectKeeper(id);

  await docker('kill', `aether-${id}`);
  expect((await system.inState(id, 'starting')).waitsFor).toContain('SIGKILL');
  await system.untilReady(id);
  expect(await system.reply(chat.id, 'read kept.md')).toContain('the otter sleeps');

  await docker('rm', '--force', `aether-${id}`);
  const lost = await system.inState(id, 'failed');
  expect(lost.failure).toMatchObject({ code: 'lost' });
  await system.call(repairDeployment, { id });
  await system.untilReady(id);
  expect(await system.reply(chat.id, 'read kept.md')).toContain('the otter sleeps');
  expect(await kept(id)).toEqual(first);
  await expectKeeper(id);
  expect((await linesOf(id, 'step')).filter(isPairing)).toHaveLength(1);
  const ready = (text: string) => text.includes('[gateway] ready');
  expect((await linesOf(id, 'process')).filter(ready)).toHaveLength(4);

  await removed(id);
  expect(await docker('inspect', '--format', '{{.State.Running}}', foreign)).toBe('true');
}, 900_000);

test('a change that does not become ready is taken back to the image that ran, whatever its tag names by now, with the state', async () => {
  const broken = await brokenImage(image);
  const tag = `aether/moving:${newId()}`;
  await docker('tag', image, tag);
  try {
    const { id } = await deployed('changing', { image: tag });
    const ran = await imageOf(id);
    const chat = await system.call(createChat, { deploymentId: id });
    await system.ask(chat.id, 'write kept.md: the otter sleeps');
    const before = await kept(id);

    await system.call(redeployDeployment, { id, settings: { image: 'aether/absent:1' } });
    const untouched = await system.untilReady(id);
    expect(untouched).toMatchObject({
      operation: 'redeploy',
      failure: { step: 'preflight', code: 'rolled_back' },
    });
    expect(untouched.failure?.cause).toContain('cannot be pulled');

    await docker('tag', broken, tag);
    await system.call(redeployDeployment, { id });
    await eventually(async () => expect((await system.get(id)).operation).toBe('rollback'), within);
    const back = await system.untilReady(id);
    expect(back).toMatchObject({
      settings: { image: tag },
      image: ran,
      failure: { step: 'start', code: 'rolled_back' },
    });
    expect(await imageOf(id)).toBe(ran);
    expect(await linesOf(id, 'process')).toContain(LAST_WORDS);
    expect(await linesOf(id, 'step')).toContain(`| ${LAST_WORDS}`);
    expect(await system.reply(chat.id, 'read kept.md')).toContain('the otter sleeps');
    expect(await kept(id)).toEqual(before);
    expect((await linesOf(id, 'step')).filter(isPairing)).toHaveLength(1);

    await docker('tag', image, tag);
    await system.call(redeployDeployment, { id, settings: { memoryMb: 1_900 } });
    await system.inState(id, 'starting');
    const changed = await system.untilReady(id);
    expect(changed).toMatchObject({ settings: { memoryMb: 1_900, image: tag }, failure: null });
    expect(await ofContainer(id, '{{.HostConfig.Memory}}')).toBe(String(1_900 * 1_048_576));
    expect(await system.reply(chat.id, 'read kept.md')).toContain('the otter sleeps');
    await removed(id);
  } finally {
    await docker('rmi', '--force', tag, broken);
  }
}, 900_000);

test('an agent works in a directory of this machine at the same path, on a worktree there, and what was left beside it goes with it', async () => {
  const { id } = await deployed('working');
  const folder = join(workspaces, id);
  const [repository, tree] = [join(folder, 'repository'), join(folder, 'tree')];
  await run('git', ['init', '--quiet', repository]);
  const author = ['-c', 'user.name=A', '-c', 'user.email=a@example.org'];
  const commit = ['commit', '--quiet', '--allow-empty', '--message', 'the first one'];
  await run('git', ['-C', repository, ...author, ...commit]);
  await run('git', ['-C', repository, 'worktree', 'add', '--quiet', tree]);
  await run('chown', ['--recursive', `${USER_ID}:${USER_ID}`, repository, tree]);

  const asked = { deploymentId: id, directory: tree };
  const chat = await system.call(createChat, asked, serviceContext('test'));
  expect(await system.reply(chat.id, 'run: git log --format=%s')).toContain('the first one');
  expect(await system.reply(chat.id, 'run: pwd')).toContain(tree);
  await system.ask(chat.id, 'write made.md: made inside');
  expect(await readFile(join(tree, 'made.md'), 'utf8')).toBe('made inside');
  expect((await stat(join(tree, 'made.md'))).uid).toBe(USER_ID);

  const labels = { installation: await installation(), runtime: 'docker', deployment: id };
  for (const helper of ['before-copy', 'files'])
    await runAside(`aether-${id}-${helper}`, labels, '--volume', `aether-${id}:/from`);
  await removed(id);
}, 900_000);

test('containers of this installation that no deployment knows are removed, and those of others are not', async () => {
  const [id, other] = [newId(), newId()];
  const ours = { installation: await installation(), runtime: 'docker' };
  const theirs = { installation: newId(), runtime: 'docker', deployment: other };
  try {
    await runAside(`aether-${other}`, theirs);
    await runAside(`aether-${id}`, { ...ours, deployment: id });
    await runAside(`aether-${id}-before-copy`, { ...ours, deployment: id });
    const helper = newId();
    await runAside(`aether-${helper}-files`, { ...ours, deployment: helper });
    await eventually(async () => {
      for (const stray of [id, helper]) expect(await containers(stray)).toBe('');
    }, within);
    for (const name of [`aether-${other}`, foreign])
      expect(await docker('inspect', '--format', '{{.State.Running}}', name)).toBe('true');
  } finally {
    await docker('rm', '--force', `aether-${other}`);
  }
}, 300_000);

test('containers that are isolated cannot reach one another, and are reached at their published port all the same', async () => {
  const reach = (isolated: boolean) =>
    reachOfTwo((client, defaults) => new ContainerCarrier(client, defaults), { image, isolated });
  expect(await reach(true)).toEqual({ fromHost: 'here', fromOther: 'nothing' });
  expect(await reach(false)).toEqual({ fromHost: 'here', fromOther: 'here' });
}, 300_000);
