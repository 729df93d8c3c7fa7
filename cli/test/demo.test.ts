import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Attempt } from '@aether/contracts/execution';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { removeCluster } from '@aether/local-stack/postgres-cluster';
import { Machine } from './machine.js';

interface Told {
  readonly mission: Mission;
  readonly tasks: readonly Task[];
  readonly attempts: readonly Attempt[];
  readonly repository: string;
  readonly isOwn: boolean;
}

let machine: Machine;
let told: Told;

const git = (...args: string[]) =>
  execFileSync('git', ['-C', told.repository, ...args], { encoding: 'utf8' }).trim();

beforeAll(async () => {
  machine = await Machine.make({ agents: true });
  told = await machine.ask<Told>(['demo']);
}, 900_000);
afterAll(async () => {
  rmSync(told.repository, { recursive: true, force: true });
  await removeCluster(join(machine.directory, 'data-demo', 'postgres'));
  await machine.remove();
});

test('the demo carries a mission out on real gateways, on a machine where nothing runs', () => {
  expect(told).toMatchObject({ isOwn: true, mission: { state: 'completed' } });
  expect(told.mission.report).toContain('6 of 6 tasks accepted');
  expect(told.tasks.map(({ state }) => state)).toEqual(Array.from({ length: 6 }, () => 'accepted'));
});

test('three tasks of one repository were done at the same time on one gateway', () => {
  const three = told.tasks.filter(({ dependsOn }) => dependsOn.length === 0);
  expect(new Set(three.map(({ agentName }) => agentName))).toEqual(new Set(['demo-writer']));
  const begun = three.map(({ receipt }) => Date.parse(receipt?.startedAt ?? ''));
  const ended = three.map(({ receipt }) => Date.parse(receipt?.finishedAt ?? ''));
  expect(Math.max(...begun)).toBeLessThan(Math.min(...ended));
});

test('what depends on others began after they were accepted, and every check passed', () => {
  for (const task of told.tasks) {
    const begun = told.attempts.find(({ id }) => id === task.attemptId)?.createdAt ?? '';
    for (const id of task.dependsOn) {
      const before = told.tasks.find((other) => other.id === id);
      expect((before?.receipt?.finishedAt ?? '') < begun).toBe(true);
    }
    expect(task.receipt?.cleanTree).toBe(true);
    expect(task.receipt?.checks.map(({ exitCode }) => exitCode)).toEqual([0]);
  }
});

test('the branch holds everything, and nothing else is left in the repository', () => {
  const branch = told.mission.branch ?? '';
  expect(git('ls-tree', '-r', '--name-only', branch).split('\n')).toEqual([
    'CONTENTS.txt',
    'FIGURES.txt',
    'GUIDE.md',
    'README.md',
    'rooms/.gitkeep',
    'rooms/1-entrance.md',
    'rooms/2-hall.md',
    'rooms/3-garden.md',
  ]);
  expect(git('branch', '--format=%(refname:short)').split('\n').sort()).toEqual([branch, 'main'].sort());
  expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  expect(git('status', '--porcelain')).toBe('');
  expect(git('fsck', '--strict', '--no-dangling')).toBe('');
});
