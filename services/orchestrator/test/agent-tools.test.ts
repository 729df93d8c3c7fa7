import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { Approval } from '@aether/contracts/approvals';
import { executionRequests } from '@aether/contracts/execution';
import type { Mission } from '@aether/contracts/mission-schemas';
import { missionsRequests } from '@aether/contracts/missions';
import { openclawRequests } from '@aether/contracts/openclaw';
import { eventually } from '@aether/testing/eventually';
import { freePort } from '@aether/testing/free-port';
import { RealGateway } from '@aether/testing/real-gateway';
import { callTools, say, type ModelRequest } from '@aether/testing/scripted-model';
import { person, startOrchestrator, type Orchestrator } from './system.js';

const operator = person();
const TIMEOUT = 180_000;
let system: Orchestrator;
let gateway: RealGateway;
let repository: string;
let toolsUrl: string;

const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Owner', '-c', 'user.email=owner@example.org', ...args], {
    cwd: repository,
    encoding: 'utf8',
  }).trim();

beforeAll(async () => {
  const port = await freePort();
  toolsUrl = `http://127.0.0.1:${port}/mcp`;
  system = await startOrchestrator(
    { AGENT_ENDPOINT_PORT: String(port), RETRY_PAUSE_S: '1' },
    { withAgents: true },
  );
  gateway = await RealGateway.start({ toolServers: { aether: toolsUrl } });
  await system.connect('worker', gateway);
  await eventually(
    async () => {
      const { items } = await system.call(executionRequests.listPool, {}, operator);
      expect(items[0]).toMatchObject({ name: 'worker', online: true });
    },
    { timeoutMs: 60_000 },
  );
  repository = mkdtempSync(join(tmpdir(), 'aether-tools-'));
  git('init', '--quiet', '-b', 'main');
  writeFileSync(join(repository, 'a.txt'), 'a\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
}, 400_000);
afterAll(async () => {
  await system.stop();
  await gateway.stop();
  rmSync(repository, { recursive: true, force: true });
});

async function begin(more: object = {}): Promise<Mission> {
  const { id } = await system.call(
    missionsRequests.createMission,
    { goal: 'Use tools', plan: false, repository, ...more },
    operator,
  );
  await system.call(
    missionsRequests.addTask,
    { missionId: id, key: 'first', title: 'The first task', instructions: 'use what you are given' },
    operator,
  );
  return system.call(missionsRequests.approveMission, { id }, operator);
}

const threadOf = async (id: string) =>
  (await system.call(missionsRequests.listThread, { id, limit: 100 }, operator)).items.reverse();

async function ended(id: string): Promise<void> {
  await eventually(
    async () =>
      expect(await system.call(missionsRequests.getMission, { id }, operator)).toMatchObject({
        state: 'completed',
      }),
    { timeoutMs: 120_000 },
  );
}

const tokenIn = ({ task }: ModelRequest) => /to yourself: (\S+)/.exec(task)?.[1] ?? '';
const tool = (name: string, args: Readonly<Record<string, unknown>>) =>
  callTools([{ name: 'tool_call', arguments: { id: `aether__${name}`, args } }]);

async function withClient<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(toolsUrl)));
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

describe('an agent on a real gateway', () => {
  test(
    'reports progress, hands a file over, proposes a task and asks a person through its tools',
    async () => {
      gateway.model.answer((request) => {
        const task_token = tokenIn(request);
        const { toolResults } = request;
        if (!task_token) return say(`You said: ${request.task}`);
        const steps = [
          callTools([{ name: 'tool_search', arguments: { query: 'aether' } }]),
          tool('report_progress', { task_token, text: 'Half of it is done.' }),
          callTools([{ name: 'write', arguments: { path: 'notes.md', content: 'what I found\n' } }]),
          tool('hand_over_artifact', { task_token, name: 'notes.md', path: 'notes.md' }),
          tool('propose_task', {
            task_token,
            key: 'clean-up',
            title: 'Clean up afterwards',
            instructions: 'remove what is left',
            requires: [],
            estimateMinutes: 5,
          }),
          tool('ask_person', { task_token, question: 'Red or green?' }),
        ];
        return steps[toolResults.length] ?? say('I have asked.');
      });
      const mission = await begin();
      await eventually(
        async () => {
          const { items } = await system.call(
            missionsRequests.listTasks,
            { missionId: mission.id, state: 'asking' },
            operator,
          );
          expect(items[0]?.reason?.cause).toBe('Red or green?');
        },
        { timeoutMs: 120_000 },
      );
      const thread = await threadOf(mission.id);
      expect(thread).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            kind: 'progress',
            text: 'Half of it is done.',
            author: expect.objectContaining({ type: 'agent', name: 'worker' }) as unknown,
          }),
          expect.objectContaining({ kind: 'proposal', text: expect.stringContaining('Clean up') as unknown }),
        ]),
      );
      const artifacts = await system.call(missionsRequests.listArtifacts, { id: mission.id }, operator);
      expect(artifacts.items.map(({ name }) => name)).toContain('notes.md');

      const proposal = thread.find(({ kind }) => kind === 'proposal');
      const adopt = { id: mission.id, seq: proposal?.seq ?? 0 };
      const adopted = await system.call(missionsRequests.adoptTask, adopt, operator);
      expect(adopted).toMatchObject({ key: 'clean-up', state: 'waiting', dependsOn: [expect.any(String)] });
      expect(await system.call(missionsRequests.adoptTask, adopt, operator)).toMatchObject({
        id: adopted.id,
      });

      const [asking] = (
        await system.call(missionsRequests.listTasks, { missionId: mission.id, state: 'asking' }, operator)
      ).items;
      gateway.model.answer((request) => say(`Done: ${request.task.slice(0, 20)}`));
      await system.call(missionsRequests.answerQuestion, { id: asking?.id ?? '', text: 'Green.' }, operator);
      await ended(mission.id);
      expect(await system.call(missionsRequests.getTask, { id: adopted.id }, operator)).toMatchObject({
        state: 'accepted',
      });
    },
    TIMEOUT,
  );
});

test(
  'three tasks run at the same time in three worktrees of one gateway, and a fourth begins when the last is accepted',
  async () => {
    let letGo = (): void => undefined;
    const together = new Promise<void>((resolve) => (letGo = resolve));
    const inTurn = new Set<string>();
    let fourthAt = 0;
    gateway.model.answer(async (request) => {
      const [, key = ''] = /make (\w+)/.exec(request.task.split('## What to do')[1] ?? '') ?? [];
      if (request.toolResults.length > 0) return say(`Made ${key}.`);
      if (key === 'all') fourthAt = Date.now();
      else {
        // None of the three answers before all of them are asked.
        inTurn.add(key);
        if (inTurn.size === 3) letGo();
        await together;
      }
      return callTools([{ name: 'exec', arguments: { command: `pwd > ${key}.txt` } }]);
    });
    const { id } = await system.call(
      missionsRequests.createMission,
      { goal: 'Make files', plan: false, repository },
      operator,
    );
    const add = (key: string, dependsOn: string[], checks: object[] = []) =>
      system.call(
        missionsRequests.addTask,
        { missionId: id, key, title: key, instructions: `make ${key}`, dependsOn, checks: checks as never },
        operator,
      );
    for (const key of ['one', 'two', 'three']) await add(key, []);
    const check = { name: 'it has the others', command: 'cat one.txt two.txt three.txt all.txt' };
    await add('all', ['one', 'two', 'three'], [check]);
    const { branch } = await system.call(missionsRequests.approveMission, { id }, operator);
    await ended(id);
    const show = (key: string) => git('show', `${branch ?? ''}:${key}.txt`);
    const directories = ['one', 'two', 'three', 'all'].map(show);
    expect(new Set(directories).size).toBe(4);
    for (const directory of directories) expect(directory).toContain(join(system.directory, 'workspaces'));
    const { items } = await system.call(executionRequests.listAttempts, { missionId: id }, operator);
    const accepted = items.filter(({ branch: own }) => own).map(({ receipt }) => receipt?.mergeCommit);
    expect(new Set(accepted).size).toBe(4);
    const thread = await threadOf(id);
    const last = thread.filter(({ text }) => /"(one|two|three)" is accepted/.test(text)).at(-1);
    process.stderr.write(
      `last acceptance to the model's call: ${fourthAt - Date.parse(last?.at ?? '')} ms\n`,
    );
    expect(git('fsck', '--strict', '--no-dangling')).toBe('');
  },
  TIMEOUT,
);

describe('a guarded agent', () => {
  test(
    'asks in the thread before it runs a command, and goes by what a person decides',
    async () => {
      const results: string[] = [];
      gateway.model.answer(({ toolResults }) => {
        results.push(...toolResults.slice(results.length));
        const commands = ['touch allowed.txt', 'touch denied.txt'];
        const command = commands[toolResults.length];
        return command ? callTools([{ name: 'exec', arguments: { command } }]) : say('As you decided.');
      });
      const mission = await begin({ workspace: { permissions: 'guarded' } });
      for (const [command, decision] of [
        ['touch allowed.txt', 'allow'],
        ['touch denied.txt', 'deny'],
      ] as const) {
        let approval: Approval | undefined;
        await eventually(
          async () => {
            const entry = (await threadOf(mission.id)).find(
              ({ kind, text }) => kind === 'approval' && text.includes(command),
            );
            approval = Approval.parse(entry?.data?.['approval']);
          },
          { timeoutMs: 60_000 },
        );
        const id = approval?.id ?? '';
        const { items } = await system.call(openclawRequests.listApprovals, { state: 'pending' }, operator);
        expect(items.map((waiting) => waiting.id)).toContain(id);
        await system.call(openclawRequests.decideApproval, { id, decision }, operator);
        await expect(
          system.call(openclawRequests.decideApproval, { id, decision }, operator),
        ).rejects.toMatchObject({ code: 'approval_closed' });
      }
      await ended(mission.id);
      const files = git('ls-tree', '--name-only', mission.branch ?? '').split('\n');
      expect(files).toContain('allowed.txt');
      expect(files).not.toContain('denied.txt');
      expect(results[1]).toContain('denied');
      const said = (await threadOf(mission.id)).map(({ text }) => text);
      expect(said).toEqual(
        expect.arrayContaining([
          'exec touch allowed.txt',
          '`touch allowed.txt` may be run once.',
          '`touch denied.txt` was denied.',
        ]),
      );
    },
    TIMEOUT,
  );
});

describe('the tools', () => {
  test('are listed to anybody, and do nothing without the token of an attempt at work', async () => {
    await withClient(async (client) => {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name).sort()).toEqual([
        'ask_person',
        'hand_over_artifact',
        'propose_task',
        'report_progress',
      ]);
      expect(
        await client.callTool({
          name: 'report_progress',
          arguments: { task_token: 'guessed', text: 'hello' },
        }),
      ).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining('not of a task you work on') as unknown }],
      });
    });
  });

  test(
    'hand over nothing from outside the directory of the attempt',
    async () => {
      const seen: string[] = [];
      gateway.model.answer((request) => {
        const task_token = tokenIn(request);
        seen.push(...request.toolResults.slice(seen.length));
        const wanted = ['../../secret', '/etc/passwd', 'link', '.'];
        const path = wanted[request.toolResults.length - 1];
        if (request.toolResults.length === 0)
          return callTools([{ name: 'exec', arguments: { command: 'ln -s /etc/passwd link' } }]);
        return path ? tool('hand_over_artifact', { task_token, name: 'x', path }) : say('Nothing worked.');
      });
      const mission = await begin();
      await ended(mission.id);
      expect(seen).toHaveLength(5);
      for (const refusal of seen.slice(1)) expect(refusal).toMatch(/There is no file/);
      const { items } = await system.call(missionsRequests.listArtifacts, { id: mission.id }, operator);
      expect(items.map(({ name }) => name)).not.toContain('x');
    },
    TIMEOUT,
  );
});
