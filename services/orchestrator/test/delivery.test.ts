import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { CallInputOf } from '@aether/contracts/contract';
import { executionRequests } from '@aether/contracts/execution';
import { missionsRequests } from '@aether/contracts/missions';
import type { Mission } from '@aether/contracts/mission-schemas';
import { serviceContext } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { person, startOrchestrator, type Orchestrator } from './system.js';

const operator = person();
const TIMEOUT = 90_000;
let system: Orchestrator;
let gateway: FakeGateway;
let repository: string;

const gitIn = (directory: string, ...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=Owner', '-c', 'user.email=owner@example.org', ...args], {
    cwd: directory,
    encoding: 'utf8',
  }).trim();
const git = (...args: string[]) => gitIn(repository, ...args);
const refs = (under: string) => git('for-each-ref', '--format=%(refname)', under).split('\n').filter(Boolean);

beforeAll(async () => {
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
}, 120_000);
afterAll(async () => {
  await system.stop();
  await gateway.stop();
}, 60_000);
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), 'aether-delivery-'));
  git('init', '--quiet', '-b', 'main');
  writeFileSync(join(repository, 'a.txt'), 'a\n');
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
});
afterEach(() => rmSync(repository, { recursive: true, force: true }));

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
    { timeoutMs: 60_000 },
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
