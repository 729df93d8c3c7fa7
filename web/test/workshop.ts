import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import type { PoolAgent } from '@aether/contracts/execution';
import type { AcceptanceCheck, Mission, Task } from '@aether/contracts/mission-schemas';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { ask as askSystem } from './ask.js';
import { openPage, signIn, violationsOf, visit, type Look, type Page } from './browser.js';
import { admin, useConsole } from './console-under-test.js';

const run = promisify(execFile);
export const WORK_MS = 180_000;

/** By what an agent is told, the text of each file that it leaves behind. */
type Work = (message: string) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

interface Seed {
  readonly key: string;
  readonly instructions: string;
  readonly dependsOn?: readonly string[];
  readonly requires?: readonly string[];
  readonly checks?: readonly Pick<AcceptanceCheck, 'name' | 'command'>[];
}

/** A system with one agent, `Workshop`, that does `work`; each test has a repository of its own. */
export function useWorkshop(work: Work) {
  const system = useConsole({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' });
  const gateways: FakeGateway[] = [];
  let scratch: string;
  let repository: string;

  const ask = <T>(route: string, body?: object) => askSystem<T>(system().machine, route, body);
  const git = async (...args: string[]): Promise<string> => {
    const who = ['-c', 'user.name=Owner', '-c', 'user.email=owner@example.org'];
    return (await run('git', [...who, ...args], { cwd: repository })).stdout;
  };

  /** Connects one more gateway whose agent does the same. */
  async function connect(name: string): Promise<FakeGateway> {
    const gateway = await FakeGateway.start({
      script: async function* ({ message, session }) {
        for (const [path, text] of Object.entries(await work(message))) {
          const file = join(session.cwd ?? scratch, path);
          await mkdir(dirname(file), { recursive: true });
          await writeFile(file, text);
        }
        yield { text: 'Done, see `src/app.ts`.' };
      },
    });
    gateways.push(gateway);
    const { url, token: credential } = gateway;
    await ask('POST connections', { name, url, auth: 'token', credential });
    return gateway;
  }

  /** The agent of a gateway, once it can be reached. */
  const agentOf = (name: string): Promise<PoolAgent> =>
    eventually(
      async () => {
        const { items } = await ask<{ items: PoolAgent[] }>('GET pool');
        const found = items.find((agent) => agent.name === name);
        if (!found?.online) throw new Error(`${name} is not online`);
        return found;
      },
      { timeoutMs: WORK_MS },
    );

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'aether-screens-'));
    await connect('Workshop');
    const { id } = await agentOf('Workshop');
    await ask(`PATCH pool/${id}`, { workplace: 'worktree', capabilities: ['coding'] });
  }, 240_000);
  afterAll(async () => {
    await Promise.all(gateways.map((gateway) => gateway.stop()));
    await rm(scratch, { recursive: true, force: true });
  });
  beforeEach(async () => {
    repository = await mkdtemp(join(scratch, 'project-'));
    await git('init', '--quiet', '-b', 'main');
    await writeFile(join(repository, 'a.txt'), 'a\n');
    await git('add', '.');
    await git('commit', '--quiet', '-m', 'first');
    await git('branch', 'next');
  });

  /** A mission with these tasks, which has not begun. */
  async function draft(title: string, tasks: readonly Seed[], more: object = {}): Promise<Mission> {
    const mission = await ask<Mission>('POST missions', { goal: title, plan: false, repository, ...more });
    for (const task of tasks)
      await ask('POST tasks', { missionId: mission.id, title: `Task ${task.key}`, ...task });
    return mission;
  }

  async function begun(title: string, tasks: readonly Seed[], more: object = {}): Promise<Mission> {
    const { id } = await draft(title, tasks, more);
    return ask<Mission>(`POST missions/${id}/approve`, {});
  }

  const missionOf = (id: string) => ask<Mission>(`GET missions/${id}`);
  const until = (id: string, state: Mission['state']) =>
    eventually(async () => expect(await missionOf(id)).toMatchObject({ state }), { timeoutMs: WORK_MS });
  const tasksOf = async (id: string) => (await ask<{ items: Task[] }>(`GET tasks?missionId=${id}`)).items;

  async function openAt(path: string, look: Look = {}) {
    const { page, faults } = await openPage(system().browser, { url: system().machine.url, ...look });
    await signIn(page, admin);
    await visit(page, path);
    return { page, faults };
  }

  /** Nothing is against the rules in either theme, and the page had nothing to complain of. */
  async function expectSound(page: Page, faults: readonly string[], path: string): Promise<void> {
    expect(await violationsOf(page)).toEqual([]);
    const dark = await openAt(path, { colours: 'dark' });
    expect(await violationsOf(dark.page)).toEqual([]);
    expect([...faults, ...dark.faults]).toEqual([]);
    await dark.page.context().close();
  }

  return {
    ask,
    git,
    repository: () => repository,
    connect,
    agentOf,
    draft,
    begun,
    missionOf,
    until,
    tasksOf,
    openAt,
    expectSound,
  };
}
