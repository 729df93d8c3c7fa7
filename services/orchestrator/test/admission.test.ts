import { expect, test } from '@jest/globals';
import type { ReadyTask } from '@aether/contracts/mission-schemas';
import { newId } from '@aether/messaging/id';
import { OrchestratorConfig } from '../src/config.js';
import { Admission } from '../src/schedule/admission.js';

const config = OrchestratorConfig.parse({
  NATS_URL: 'nats://127.0.0.1:4222',
  NATS_PASSWORD: 'x'.repeat(32),
  DATABASE_URL: 'postgres://127.0.0.1/x',
  DATA_DIR: '/tmp',
});
const task: ReadyTask = {
  id: newId(),
  missionId: newId(),
  key: 'x',
  title: 'x',
  requires: [],
  prefers: [],
  chainMinutes: 1,
  updatedAt: new Date().toISOString(),
  mission: { priority: 'normal', deployMissing: false, createdBy: newId(), visibility: 'open', ports: 0 },
};

type Given = ConstructorParameters<typeof Admission>[0];

const plenty: Given = {
  agents: [],
  caps: { tasks: 10, tasksPerMission: 5, attemptsPerTask: 3 },
  loads: { total: 0, missions: new Map(), agents: new Map(), tasks: new Set(), ports: new Set() },
  before: [],
  now: new Date(),
  memoryFreeMb: 10_000,
  diskFreeMb: 10_000,
  config,
};
const decide = (given: Partial<Given>) => new Admission({ ...plenty, ...given }).decide(task);
const loads = (more: Partial<Given['loads']>): Partial<Given> => ({ loads: { ...plenty.loads, ...more } });

test.each<[string, Partial<Given>, string]>([
  ['plenty of everything, but no agent', {}, 'agent_needed'],
  ['1023 MB of disk', { diskFreeMb: 1_023 }, 'disk_low'],
  ['1024 MB of disk', { diskFreeMb: 1_024 }, 'agent_needed'],
  ['511 MB of memory', { memoryFreeMb: 511 }, 'memory_low'],
  ['512 MB of memory', { memoryFreeMb: 512 }, 'agent_needed'],
  ['as many tasks as may run', loads({ total: 10 }), 'global_cap'],
  ['one less', loads({ total: 9 }), 'agent_needed'],
  ['as many of its mission as may run', loads({ missions: new Map([[task.missionId, 5]]) }), 'mission_cap'],
  ['as many of another mission', loads({ missions: new Map([[newId(), 5]]) }), 'agent_needed'],
])('with %s a task waits and says why', (_, given, code) => {
  expect(decide(given)).toMatchObject({ wait: { taskId: task.id, code } });
});
