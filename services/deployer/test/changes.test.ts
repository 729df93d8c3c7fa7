import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployerRequests } from '@aether/contracts/deployer';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { as, startSystem, type System } from './system.js';

const { createDeployment, getDeploymentMetrics, redeployDeployment, stopDeployment } = deployerRequests;
const fault = { code: 'exited_early', cause: 'It ended.', remedy: 'Mend it, then try again.' };

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.start();
});
afterAll(async () => system.stop());

const callsOf = (id: string) =>
  system.runtime
    .calls()
    .filter((call) => call.includes(id))
    .map((call) => call.split(' ')[0]);

test('a change copies the state before anything is touched, and ends ready', async () => {
  const { id } = await system.ready();
  const seen = callsOf(id).length;
  await system.call(redeployDeployment, { id, model: 'demo' });
  await eventually(async () =>
    expect(await system.get(id)).toMatchObject({ operation: 'redeploy', state: 'ready' }),
  );
  const calls = callsOf(id).slice(seen);
  expect(calls.indexOf('create')).toBeLessThan(calls.indexOf('stop'));
  expect(calls.indexOf('stop')).toBeLessThan(calls.indexOf('snapshot'));
  expect(calls.indexOf('snapshot')).toBeLessThan(calls.indexOf('prepare'));
  expect(calls).not.toContain('restore');
});

test('a change that fails after the stop is taken back with its state, and says so', async () => {
  const { id } = await system.ready();
  system.runtime.fail('start', fault);
  await system.call(redeployDeployment, { id, model: 'demo' });
  await eventually(async () => expect((await system.get(id)).operation).toBe('rollback'));
  system.runtime.heal('start');
  await eventually(async () => {
    const row = await system.get(id);
    expect(row).toMatchObject({ state: 'ready', failure: { step: 'start', code: 'rolled_back' } });
    expect(row.failure?.remedy).toBe('Mend it, then try the change again.');
  });
  expect(callsOf(id)).toContain('restore');
});

test('a change that fails before the stop leaves the agent running, and says so', async () => {
  const { id } = await system.ready();
  const stops = callsOf(id).filter((call) => call === 'stop').length;
  system.runtime.fail('create', fault);
  await system.call(redeployDeployment, { id, model: 'demo' });
  await eventually(async () =>
    expect(await system.get(id)).toMatchObject({
      state: 'ready',
      failure: { step: 'create', code: 'rolled_back' },
    }),
  );
  system.runtime.heal('create');
  expect(callsOf(id).filter((call) => call === 'stop')).toHaveLength(stops);
});

test('a change of what is not there, by who may not, to what is not offered, or of what a process has not is refused', async () => {
  const { id } = await system.ready();
  const change = async (input: object, context = as('operator')) =>
    system.call(redeployDeployment, { id, ...input }, context);
  await expect(change({ id: newId() })).rejects.toMatchObject({ code: 'deployment_not_found' });
  await expect(change({}, as('viewer'))).rejects.toMatchObject({ code: 'forbidden' });
  await expect(change({ model: 'none' })).rejects.toMatchObject({ code: 'model_not_found' });
  await expect(change({ settings: { memoryMb: 512 } })).rejects.toMatchObject({
    code: 'settings_not_supported',
  });
  await expect(change({ settings: { image: '--privileged' } })).rejects.toMatchObject({
    code: 'invalid_input',
  });
  await expect(
    system.call(createDeployment, { name: 'limited', template: 'general', settings: { cpus: 1 } }),
  ).rejects.toMatchObject({ code: 'settings_not_supported' });
});

test('figures are told of what runs, and refused of what does not', async () => {
  const { id } = await system.ready();
  expect(await system.call(getDeploymentMetrics, { id })).toMatchObject({ memoryBytes: 2, processes: 3 });
  await system.call(stopDeployment, { id });
  await system.inState(id, 'stopped');
  await expect(system.call(getDeploymentMetrics, { id })).rejects.toMatchObject({
    code: 'deployment_not_running',
  });
});
