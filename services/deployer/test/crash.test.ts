import type { ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { deployerRequests, type StepName } from '@aether/contracts/deployer';
import { eventually } from '@aether/testing/eventually';
import { kill, startSystem, type System } from './system.js';

const { stopDeployment, deleteDeployment } = deployerRequests;

let system: System;
let deployer: ChildProcess;
beforeAll(async () => {
  system = await startSystem();
  deployer = await system.spawn();
});
afterEach(() => release());
afterAll(async () => system.stop());

const bridgeRequest = {
  probe: 'probeGateway',
  connect: 'openConnection',
  enrol: 'listAgents',
  disconnect: 'closeConnection',
} as const;
const runtimeSteps = ['preflight', 'prepare', 'create', 'start', 'stop', 'remove'] as const;

/** Lets a step begin and not end. */
function hold(step: StepName): void {
  if (step in bridgeRequest) system.neighbours.held.add(bridgeRequest[step as keyof typeof bridgeRequest]);
  else system.runtime.hold(step as (typeof runtimeSteps)[number]);
}

function release(): void {
  system.neighbours.held.clear();
  for (const step of runtimeSteps) system.runtime.release(step);
}

const atStep = async (id: string, step: StepName) =>
  eventually(async () => {
    const deployment = await system.get(id);
    expect(deployment.steps.find(({ name }) => name === step)?.state).toBe('running');
    return deployment;
  });

/** Kills the deployer in a step, starts another, and returns how the deployment stood before. */
async function crashIn(step: StepName, id: string) {
  const before = await atStep(id, step);
  await kill(deployer);
  release();
  deployer = await system.spawn();
  return before;
}

describe('a deployer that is killed', () => {
  test.each<StepName>(['preflight', 'prepare', 'create', 'start', 'probe', 'connect', 'enrol'])(
    'in the step "%s" of a deploy goes on with that step, and does nothing twice',
    async (step) => {
      hold(step);
      const { id } = await system.create();
      const before = await crashIn(step, id);
      const ready = await system.inState(id, 'ready');
      for (const { name, finishedAt, state } of before.steps)
        if (state === 'done')
          expect(ready.steps.find((each) => each.name === name)).toMatchObject({ attempt: 1, finishedAt });
      expect(ready.steps.find(({ name }) => name === step)?.attempt).toBe(2);
      expect(system.runtime.calls().filter((call) => call === `launch ${id}`)).toHaveLength(1);
      const tokens = [...system.neighbours.secrets.values()].filter((value) => value === `token-of-${id}`);
      expect(tokens).toHaveLength(1);
      const keys = system.neighbours.keysIssued.filter(({ deploymentId }) => deploymentId === id);
      expect(new Set(keys.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    },
  );

  test.each<StepName>(['disconnect', 'stop', 'remove'])(
    'in the step "%s" of a delete finishes the delete',
    async (step) => {
      const { id } = await system.ready();
      hold(step);
      await system.call(deleteDeployment, { id });
      await crashIn(step, id);
      await system.inState(id, 'deleted');
      expect((await system.runtime.list()).map((agent) => agent.id)).not.toContain(id);
    },
  );

  test('leaves agents running, and the next one adopts them', async () => {
    const { id, version } = await system.ready();
    await kill(deployer);
    expect((await system.runtime.status(id)).running).toBe(true);
    system.runtime.say(id, 'while nobody looked\n');
    deployer = await system.spawn();
    await eventually(async () =>
      expect((await system.lines(id, { source: 'process' })).map(({ text }) => text)).toEqual([
        'while nobody looked',
      ]),
    );
    expect(await system.get(id)).toMatchObject({ state: 'ready', version });
    await system.call(stopDeployment, { id });
    await system.inState(id, 'stopped');
  });

  test('again and again, at any moment, ends every deploy, and stores every line of output once', async () => {
    const made = await Promise.all(Array.from({ length: 3 }, () => system.create()));
    let line = 0;
    for (let round = 0; round < 6; round += 1) {
      for (let until = Date.now() + 150 + round * 70; Date.now() < until; await delay(10))
        for (const { id } of made) system.runtime.say(id, `line ${(line += 1)} of ${id}\n`);
      await kill(deployer);
      deployer = await system.spawn();
    }
    for (const { id } of made) await system.inState(id, 'ready');
    await eventually(async () => {
      let stored = 0;
      for (const { id } of made) {
        const texts = (await system.lines(id, { source: 'process' })).map(({ text }) => text);
        expect(new Set(texts).size).toBe(texts.length);
        stored += texts.length;
      }
      expect(stored).toBe(line);
    });
    for (const { id } of made)
      expect(system.runtime.calls().filter((call) => call === `launch ${id}`)).toHaveLength(1);
  });
});
