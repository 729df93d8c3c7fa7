import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { executionRequests, type Workplace } from '@aether/contracts/execution';
import type { Mission } from '@aether/contracts/mission-schemas';
import { missionsRequests } from '@aether/contracts/missions';
import { openclawRequests } from '@aether/contracts/openclaw';
import { startGateway } from '@aether/gateway/service';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway, type TurnStep } from '@aether/testing/fake-gateway';
import { freePort } from '@aether/testing/free-port';
import { person, startOrchestrator, type Orchestrator } from './system.js';

const operator = person();
const TIMEOUT = 240_000;
let system: Orchestrator;
let edge: Awaited<ReturnType<typeof startGateway>>;
let gateway: FakeGateway;
let repository: string;
const scratch = mkdtempSync(join(tmpdir(), 'aether-elsewhere-'));

const run = promisify(execFile);
/** Never in a way that stops this process, since what git asks is served by it. */
async function gitIn(cwd: string, ...args: string[]): Promise<string> {
  const { stdout } = await run(
    'git',
    ['-c', 'user.name=Agent', '-c', 'user.email=agent@example.org', ...args],
    { cwd, env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: scratch, GIT_TERMINAL_PROMPT: '0' } },
  );
  return stdout.trim();
}
const git = (...args: string[]) => gitIn(repository, ...args);

beforeAll(async () => {
  const port = String(await freePort());
  const edgePort = String(await freePort());
  system = await startOrchestrator(
    {
      RETRY_PAUSE_S: '1',
      OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8',
      AGENT_ENDPOINT_PORT: port,
      AGENT_ENDPOINT_URL: `http://127.0.0.1:${edgePort}`,
    },
    { withAgents: true },
  );
  edge = await startGateway({
    ...system.edgeEnvironment,
    PORT: edgePort,
    AGENT_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    LOG_LEVEL: 'silent',
  });
  gateway = await FakeGateway.start();
  const remote = { name: 'worker', url: gateway.url, auth: 'token' as const, credential: gateway.token };
  await system.call(openclawRequests.createConnection, remote, person('admin'));
});
afterAll(async () => {
  await edge.stop();
  await system.stop();
  await gateway.stop();
  rmSync(scratch, { recursive: true, force: true });
});
beforeEach(async () => {
  repository = mkdtempSync(join(scratch, 'repository-'));
  await git('init', '--quiet', '-b', 'main');
  writeFileSync(join(repository, 'a.txt'), 'a\n');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'first');
});

const agent = () =>
  eventually(async () => {
    const { items } = await system.call(executionRequests.listPool, {}, operator);
    const [only] = items;
    if (!only?.online) throw new Error('the agent is not there yet');
    return only;
  });

async function workAs(workplace: Workplace): Promise<void> {
  const { id } = await agent();
  await system.call(executionRequests.updatePoolAgent, { id, workplace }, operator);
}

async function done(keys: readonly string[], more: object = {}): Promise<Mission> {
  const { id } = await system.call(
    missionsRequests.createMission,
    { goal: 'Work elsewhere', plan: false, repository, ...more },
    operator,
  );
  for (const key of keys)
    await system.call(
      missionsRequests.addTask,
      { missionId: id, key, title: key, instructions: `do ${key}` },
      operator,
    );
  await system.call(missionsRequests.approveMission, { id }, operator);
  let mission: Mission | undefined;
  await eventually(
    async () => {
      mission = await system.call(missionsRequests.getMission, { id }, operator);
      expect({ state: mission.state, reason: mission.reason }).toMatchObject({ state: 'completed' });
    },
    { timeoutMs: 180_000 },
  );
  return mission as Mission;
}

/** How an agent is told to get its files, as a program reads it. */
function cloneOrderIn(message: string): { branch: string; url: string } {
  const [, branch = '', url = ''] = /git clone --branch (\S+) (\S+)`/.exec(message) ?? [];
  return { branch, url };
}

const agentsOf = (message: string) => (message.includes('# left') ? 'left' : 'right');

test(
  'an agent of a remote gateway clones its branch, pushes it back, and its conflicts are resolved likewise',
  async () => {
    expect(await agent()).toMatchObject({ name: 'worker', workplace: 'clone' });
    gateway.turns.script = async function* ({ message, session }): AsyncGenerator<TurnStep> {
      expect(session.cwd).toBeUndefined();
      const { branch, url } = cloneOrderIn(message);
      const here = await mkdtemp(join(scratch, 'clone-'));
      await gitIn(scratch, 'clone', '--quiet', '--branch', branch, url, here);
      const isConflict = message.includes('conflict marker');
      await writeFile(join(here, 'a.txt'), isConflict ? 'left and right\n' : `${agentsOf(message)}\n`);
      await gitIn(here, 'commit', '--quiet', '-am', 'my work');
      await gitIn(here, 'push', '--quiet', 'origin', branch);
      yield { text: 'Pushed.' };
    };
    const mission = await done(['left', 'right'], {
      checks: [{ name: 'it arrived', command: 'grep -E "left|right" a.txt' }],
    });
    expect(await git('show', `${mission.branch ?? ''}:a.txt`)).toBe('left and right');
    expect(await git('log', '--format=%s', mission.branch ?? '')).toContain('my work');
    expect(await git('fsck', '--strict', '--no-dangling')).toBe('');
  },
  TIMEOUT,
);

test(
  'a task token opens its own branch only, and only while its agent is at work',
  async () => {
    await workAs('clone');
    const refused: string[] = [];
    const attempt = async (what: string, work: () => Promise<unknown>) => {
      try {
        await work();
      } catch (error) {
        refused.push(`${what}: ${String((error as { stderr?: unknown }).stderr)}`);
      }
    };
    let used = '';
    gateway.turns.script = async function* ({ message }): AsyncGenerator<TurnStep> {
      const { branch, url } = cloneOrderIn(message);
      used = url;
      const here = await mkdtemp(join(scratch, 'attack-'));
      await gitIn(scratch, 'clone', '--quiet', '--branch', branch, url, here);
      expect(await gitIn(here, 'ls-remote', '--heads', 'origin')).toMatch(
        new RegExp(`^\\S+\\s+refs/heads/${branch}$`),
      );
      await gitIn(here, 'commit', '--quiet', '--allow-empty', '-m', 'mine');
      await attempt('main', () => gitIn(here, 'push', '--quiet', 'origin', 'HEAD:refs/heads/main'));
      await attempt('rescue', () => gitIn(here, 'push', '--quiet', 'origin', 'HEAD:refs/aether/rescue/x'));
      await attempt('delete', () => gitIn(here, 'push', '--quiet', 'origin', `:refs/heads/${branch}`));
      await attempt('fetch', () => gitIn(here, 'fetch', '--quiet', 'origin', 'main'));
      const wrong = new URL(url);
      wrong.password = 'guessed';
      await attempt('token', () => gitIn(here, 'ls-remote', wrong.href));
      wrong.password = '';
      wrong.username = '';
      await attempt('nobody', () => gitIn(here, 'ls-remote', wrong.href));
      const above = url.replace(/\/git\/[^/]+$/, '/git/..%2f..%2fetc');
      await attempt('path', () => gitIn(here, 'ls-remote', above));
      yield { text: 'Done.' };
    };
    await done(['left']);
    expect(refused.map((line) => line.split(':')[0])).toEqual([
      'main',
      'rescue',
      'delete',
      'fetch',
      'token',
      'nobody',
      'path',
    ]);
    await expect(gitIn(scratch, 'ls-remote', used)).rejects.toThrow();
    expect(await git('log', '--format=%s', 'main')).toBe('first');
  },
  TIMEOUT,
);

test(
  'a guarded agent on another machine is guarded as well',
  async () => {
    await workAs('clone');
    const modes: unknown[] = [];
    gateway.turns.script = async function* ({ session }): AsyncGenerator<TurnStep> {
      modes.push(session.permissionMode);
      yield await Promise.resolve({ text: 'Nothing to do.' });
    };
    await done(['left'], { workspace: { permissions: 'guarded' } });
    expect(modes).toEqual(['guarded']);
  },
  TIMEOUT,
);

describe('an agent in a container', () => {
  test(
    'works on files of its own, in the folder of its deployment, and both sides of a conflict reach it',
    async () => {
      await workAs('copy');
      const owners: number[] = [];
      const seen: string[] = [];
      gateway.turns.script = async function* ({ message, session }): AsyncGenerator<TurnStep> {
        const here = session.cwd ?? '';
        seen.push(here);
        owners.push(...['.', '.git/HEAD', 'a.txt'].map((name) => statSync(join(here, name)).uid));
        expect(await gitIn(here, '-c', 'safe.directory=*', 'log', '--format=%s')).toContain('first');
        const isConflict = message.includes('conflict marker');
        await writeFile(join(here, 'a.txt'), isConflict ? 'left and right\n' : `${agentsOf(message)}\n`);
        yield { text: 'Done.' };
      };
      const mission = await done(['left', 'right'], {
        checks: [{ name: 'it is there', command: 'grep -E "left|right" a.txt' }],
      });
      expect(await git('show', `${mission.branch ?? ''}:a.txt`)).toBe('left and right');
      expect(await git('fsck', '--strict', '--no-dangling')).toBe('');
      const [agent] = (await system.call(executionRequests.listPool, {}, operator)).items;
      const folder = join(system.directory, 'shared', agent?.deploymentId ?? '');
      for (const directory of seen) expect(dirname(directory)).toBe(folder);
      // Only root may give files away.
      if (process.getuid?.() === 0) expect([...new Set(owners)]).toEqual([1_000]);
      await eventually(async () => {
        const branches = (await git('branch', '--format=%(refname:short)')).split('\n').sort();
        expect(branches).toEqual([mission.branch, 'main'].sort());
        expect(readdirSync(folder)).toEqual([]);
        expect(readdirSync(join(system.directory, 'workspaces'))).toEqual([]);
      });
    },
    TIMEOUT,
  );

  test(
    'cannot have Aether run a program by the settings of its repository, or write or read beyond it by links',
    async () => {
      await workAs('copy');
      const trap = join(scratch, 'sprung');
      const secret = join(scratch, 'secret');
      writeFileSync(secret, 'not for agents\n');
      gateway.turns.script = async function* ({ session }): AsyncGenerator<TurnStep> {
        const here = session.cwd ?? '';
        const sets = ['filter.trap.clean', 'filter.trap.smudge', 'core.fsmonitor', 'diff.external'];
        for (const where of ['.', 'nested']) {
          if (where === 'nested') await gitIn(here, '-c', 'safe.directory=*', 'init', '--quiet', 'nested');
          for (const name of sets)
            await gitIn(join(here, where), '-c', 'safe.directory=*', 'config', name, `touch ${trap}; cat`);
          await writeFile(join(here, where, '.gitattributes'), '* filter=trap\n');
          await writeFile(join(here, where, 'work.txt'), 'work\n');
        }
        await symlink(secret, join(here, 'leak.txt'));
        await rm(join(here, 'a.txt'));
        await symlink(scratch, join(here, 'a.txt'));
        yield { text: 'Done.' };
      };
      const mission = await done(['left']);
      const branch = mission.branch ?? '';
      expect(existsSync(trap)).toBe(false);
      expect(await git('show', `${branch}:work.txt`)).toBe('work');
      expect(await git('show', `${branch}:nested/work.txt`)).toBe('work');
      expect(await git('show', `${branch}:leak.txt`)).toBe(secret);
      expect((await git('ls-tree', branch, 'leak.txt')).slice(0, 6)).toBe('120000');
    },
    TIMEOUT,
  );
});
