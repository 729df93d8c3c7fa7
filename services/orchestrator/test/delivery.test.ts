import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { CallInputOf } from '@aether/contracts/contract';
import { executionRequests } from '@aether/contracts/execution';
import { missionsRequests } from '@aether/contracts/missions';
import { remotesRequests } from '@aether/contracts/remotes';
import { workspacesRequests } from '@aether/contracts/workspaces';
import type { Mission } from '@aether/contracts/mission-schemas';
import { serviceContext } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { Client } from 'pg';
import { GitHost } from './git-host.js';
import { person, startOrchestrator, type Orchestrator } from './system.js';

const operator = person();
const admin = person('admin');
const TOKEN = 'a-token-of-acme';
const TIMEOUT = 240_000;
let system: Orchestrator;
let gateway: FakeGateway;
let host: GitHost;
let repository: string;

const gitIn = (directory: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Owner', '-c', 'user.email=owner@example.org', ...args], {
    cwd: directory,
    encoding: 'utf8',
  }).trim();
const git = (...args: string[]) => gitIn(repository, ...args);
const refs = (under: string) => git('for-each-ref', '--format=%(refname)', under).split('\n').filter(Boolean);

beforeAll(async () => {
  host = await GitHost.start(TOKEN);
  system = await startOrchestrator(
    { RETRY_PAUSE_S: '1', OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' },
    { withAgents: true },
  );
  gateway = await FakeGateway.start({
    script: async function* ({ message, session }) {
      const isWrong = message.includes('# spoil');
      await writeFile(join(session.cwd ?? '', 'work.txt'), isWrong ? 'wrong\n' : 'right\n');
      yield { text: 'Done.' };
    },
  });
  await system.connect('worker', gateway);
  await eventually(async () => {
    const { items } = await system.call(executionRequests.listPool, {}, operator);
    expect(items[0]).toMatchObject({ online: true });
  });
});
afterAll(async () => {
  await system.stop();
  await gateway.stop();
  await host.stop();
});
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'aether-delivery-'));
  git('init', '--quiet', '-b', 'main');
  writeFileSync(join(repository, 'a.txt'), 'a\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
});
afterEach(() => rmSync(repository, { recursive: true, force: true }));

/** Has Aether use the token at addresses of the host that begin so. */
async function account(
  name: string,
  settings: Partial<CallInputOf<typeof remotesRequests.createGitRemote>> & { urlPrefix: string },
): Promise<void> {
  await system.call(remotesRequests.createGitRemote, { name, token: TOKEN, ...settings }, admin);
}

async function query(sql: string): Promise<void> {
  const client = new Client({ connectionString: system.database.url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

type Settings = Partial<CallInputOf<typeof missionsRequests.createMission>>;

/** A mission with one task, begun. */
async function begin(key: 'do' | 'spoil', settings: Settings = {}): Promise<Mission> {
  const { id } = await system.call(
    missionsRequests.createMission,
    { goal: 'Write a file', plan: false, repository, ...settings },
    operator,
  );
  const checks = [{ name: 'right', command: 'grep right work.txt' }];
  await system.call(
    missionsRequests.addTask,
    { missionId: id, key, title: key, instructions: 'Write work.txt', checks },
    operator,
  );
  return system.call(missionsRequests.approveMission, { id }, operator);
}

async function became(id: string, state: Mission['state']): Promise<Mission> {
  let mission: Mission | undefined;
  await eventually(
    async () => {
      mission = await system.call(missionsRequests.getMission, { id }, operator);
      expect({ state: mission.state, reason: mission.reason }).toMatchObject({ state });
    },
    { timeoutMs: 180_000 },
  );
  return mission as Mission;
}

test(
  'of a deleted mission only its branch is left',
  async () => {
    const spoilt = await begin('spoil');
    const done = await begin('do');
    await became(spoilt.id, 'paused');
    await became(done.id, 'completed');
    await eventually(() => Promise.resolve(expect(refs('refs/aether/rescue')).toHaveLength(3)));
    await system.call(missionsRequests.cancelMission, { id: spoilt.id }, operator);
    for (const { id } of [spoilt, done]) {
      await system.call(missionsRequests.deleteMission, { id }, operator);
      await eventually(
        async () => {
          const attempts = await system.call(
            executionRequests.listAttempts,
            { missionId: id },
            serviceContext('test'),
          );
          expect(attempts.items).toEqual([]);
        },
        { timeoutMs: 30_000 },
      );
    }
    expect(refs('refs/aether')).toEqual([]);
    expect(git('show', `${done.branch ?? ''}:work.txt`)).toBe('right');
  },
  TIMEOUT,
);

test(
  'what missions occupy is told, and what was not accepted goes after its time',
  async () => {
    const { id } = await begin('spoil');
    await became(id, 'paused');
    // A ref is there before the row of its attempt tells it.
    const told = await eventually(async () => {
      const workspaces = await system.call(workspacesRequests.getWorkspaces, {}, operator);
      expect(workspaces).toMatchObject({ worktrees: [], rescueRefs: 3, minimumFreeBytes: 1_024 * 1_048_576 });
      return workspaces;
    });
    expect(refs('refs/aether/rescue')).toHaveLength(3);
    expect(told.freeBytes).toBeGreaterThan(0);
    expect(told.totalBytes).toBeGreaterThan(told.freeBytes);

    await query(`UPDATE attempt SET finished_at = now() - interval '31 days' WHERE number < 3`);
    await system.restart();
    await eventually(() => Promise.resolve(expect(refs('refs/aether/rescue')).toHaveLength(1)));
    await eventually(async () => {
      const { items } = await system.call(executionRequests.listAttempts, { missionId: id }, operator);
      expect(items.map(({ rescueRef }) => rescueRef !== null)).toEqual([true, false, false]);
    });
  },
  TIMEOUT,
);

test('no token is told, and only who may change settings says where it goes', async () => {
  const input = { name: 'told', urlPrefix: 'https://93.184.216.34/Told/', token: TOKEN };
  const refused = (what: Promise<unknown>) =>
    what.then(
      () => 'done',
      (error: unknown) => (error as { code?: string }).code,
    );
  expect(await refused(system.call(remotesRequests.createGitRemote, input, operator))).toBe('forbidden');
  const inward = { ...input, urlPrefix: 'http://169.254.169.254/' };
  expect(await refused(system.call(remotesRequests.createGitRemote, inward, admin))).toBe('address_refused');
  const once = { ...admin, idempotencyKey: 'told-once' };
  const remote = await system.call(remotesRequests.createGitRemote, input, once);
  expect(await system.call(remotesRequests.createGitRemote, input, once)).toEqual(remote);
  expect(JSON.stringify(remote)).not.toContain(TOKEN);
  expect(await refused(system.call(remotesRequests.createGitRemote, input, admin))).toBe('git_remote_taken');
  const { id } = remote;
  const elsewhere = { id, urlPrefix: 'https://93.184.216.35/' };
  expect(await refused(system.call(remotesRequests.updateGitRemote, elsewhere, admin))).toBe('token_needed');
  const api = { id, kind: 'gitea' as const, apiUrl: 'https://93.184.216.35/api' };
  expect(await refused(system.call(remotesRequests.updateGitRemote, api, admin))).toBe('token_needed');
  const changed = await system.call(remotesRequests.updateGitRemote, { id, token: 'another' }, admin);
  expect(changed).toMatchObject({ name: 'told', kind: 'plain', apiUrl: null });
  expect(await refused(system.call(remotesRequests.deleteGitRemote, { id }, operator))).toBe('forbidden');
  await system.call(remotesRequests.deleteGitRemote, { id }, admin);
  expect((await system.call(remotesRequests.listGitRemotes, {}, operator)).items).toEqual([]);
});

test(
  'a repository that asks for a token is cloned with that of the longest prefix, which is kept nowhere',
  async () => {
    host.create('acme', 'tools', repository);
    const address = `${host.url}/acme/tools.git`;
    const before = await begin('do', { repository: address });
    expect((await became(before.id, 'paused')).reason).toMatchObject({ code: 'repository_unreachable' });
    await account('wrong', { urlPrefix: `${host.url}/`, token: 'of-somebody-else' });
    await account('acme', { urlPrefix: `${host.url}/acme/` });
    await system.call(missionsRequests.resumeMission, { id: before.id }, operator);
    await became(before.id, 'completed');
    const basic = Buffer.from(`x-access-token:${TOKEN}`).toString('base64');
    const found = spawnSync('grep', ['-rlF', '-e', TOKEN, '-e', basic, system.directory]);
    expect({ status: found.status, files: found.stdout.toString() }).toEqual({ status: 1, files: '' });

    // Of clones that were not used for long, the one that an open mission needs stays.
    const clones = join(system.directory, 'repositories');
    const [needed = ''] = readdirSync(clones);
    mkdirSync(join(clones, 'unused.git'));
    await system.call(
      missionsRequests.createMission,
      { goal: 'Later', plan: false, repository: address },
      operator,
    );
    const old = new Date(Date.now() - 31 * 86_400_000);
    for (const name of [needed, 'unused.git']) utimesSync(join(clones, name), old, old);
    await system.restart();
    await eventually(() => Promise.resolve(expect(readdirSync(clones)).toEqual([needed])));
  },
  TIMEOUT,
);

/** The repository becomes a clone of one at the host, as people have them. */
function hosted(name: string): { address: string; bare: string } {
  const bare = host.create('acme', name, repository);
  const address = `${host.url}/acme/${name}.git`;
  git('remote', 'add', 'origin', address);
  return { address, bare };
}

async function threadOf(id: string): Promise<string[]> {
  const { items } = await system.call(missionsRequests.listThread, { id, kind: 'progress' }, operator);
  return items.map(({ text }) => text);
}

async function settle(name: string, change: { token?: string; kind?: 'plain' | 'gitea' }): Promise<void> {
  const { items } = await system.call(remotesRequests.listGitRemotes, {}, operator);
  const id = items.find((remote) => remote.name === name)?.id ?? '';
  await system.call(remotesRequests.updateGitRemote, { id, token: TOKEN, ...change }, admin);
}

test(
  'the work of a mission arrives as one pull request, however often it is delivered and an answer is lost',
  async () => {
    await settle('acme', { kind: 'gitea' });
    const { bare } = hosted('site');
    // What an agent could write into the repository has no say in where the token goes.
    git('config', 'http.proxy', 'http://127.0.0.1:1');
    git('config', 'url.http://127.0.0.1:1/.insteadOf', host.url);
    host.losesNextAnswer = true;
    const { id, branch } = await begin('do', { delivery: 'pull-request', title: 'Right the work' });
    const done = await became(id, 'completed');
    const [pull] = host.pulls;
    expect(host.pulls).toHaveLength(1);
    expect(pull).toMatchObject({ title: 'Right the work', base: { ref: 'main' }, head: { ref: branch } });
    expect(pull?.body).toContain('1 of 1 tasks accepted');
    expect(done.deliveredTo).toBe(pull?.html_url);
    expect(done.report).toContain(`Delivered: ${pull?.html_url ?? ''}`);
    expect(gitIn(bare, 'show', `${branch ?? ''}:work.txt`)).toBe('right');
    const again = () => system.call(remotesRequests.deliverMission, { id }, operator);
    for (const told of await Promise.all([again(), again()]))
      expect(told).toEqual({ deliveredTo: done.deliveredTo });
    expect(host.pulls).toHaveLength(1);
    expect(await threadOf(id)).toEqual([`Delivered: ${done.deliveredTo ?? ''}`]);
  },
  TIMEOUT,
);

test(
  'a token that is refused does not fail the mission; it says so, and is delivered once the token is right',
  async () => {
    await settle('acme', { token: 'withdrawn' });
    const { address, bare } = hosted('shop');
    const { id, branch } = await begin('do', { delivery: 'push' });
    const done = await became(id, 'completed');
    expect(done).toMatchObject({ deliveredTo: null, report: expect.stringContaining('Not delivered') });
    expect(await threadOf(id)).toEqual([
      expect.stringContaining(`${address} refused the token of the remote "acme"`),
    ]);
    const again = () => system.call(remotesRequests.deliverMission, { id }, operator);
    await expect(again()).rejects.toMatchObject({ code: 'delivery_failed' });
    await settle('acme', { token: TOKEN });
    const { deliveredTo } = await again();
    expect(deliveredTo).toBe(`${host.url}/acme/shop/src/branch/${branch ?? ''}`);
    expect(gitIn(bare, 'show', `${branch ?? ''}:work.txt`)).toBe('right');
    expect(JSON.stringify(await threadOf(id))).not.toContain(TOKEN);
  },
  TIMEOUT,
);

test(
  'a server that leads elsewhere is not followed with the token',
  async () => {
    await account('moved', { urlPrefix: `${host.url}/moved/` });
    host.create('acme', 'far', repository);
    const { id } = await begin('do', { repository: `${host.url}/moved/acme/far.git` });
    expect((await became(id, 'paused')).reason).toMatchObject({ code: 'repository_unreachable' });
    expect(host.refused.filter((path) => path.startsWith('/acme/far'))).toEqual([]);
  },
  TIMEOUT,
);
