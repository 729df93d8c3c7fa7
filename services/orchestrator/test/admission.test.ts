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

test.each([
  [1_023, 'disk_low'],
  [1_024, 'agent_needed'],
])('with %i MB free on disk a task waits for %s', (diskFreeMb, code) => {
  const admission = new Admission({
    agents: [],
    caps: { tasks: 1, tasksPerMission: 1, attemptsPerTask: 1 },
    loads: { total: 0, missions: new Map(), agents: new Map(), tasks: new Set(), ports: new Set() },
    before: [],
    now: new Date(),
    memoryFreeMb: 10_000,
    diskFreeMb,
    config,
  });
  expect(admission.decide(task)).toMatchObject({ wait: { code } });
});
