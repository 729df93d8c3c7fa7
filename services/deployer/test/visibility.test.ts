import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployerEvents, deployerRequests, type Deployment } from '@aether/contracts/deployer';
import type { Role } from '@aether/contracts/schemas';
import type { Context } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { as, startSystem, type System } from './system.js';

const {
  createDeployment,
  createDeployments,
  deleteDeployment,
  followLogs,
  getDeployment,
  getDeploymentMetrics,
  listDeployments,
  operateDeployments,
  readLogs,
  redeployDeployment,
  repairDeployment,
  retryDeployment,
  restartDeployment,
  savePreset,
  startDeployment,
  stopDeployment,
  updateDeployment,
} = deployerRequests;

const person = (role: Role = 'operator'): Context =>
  as(role, { actor: { type: 'user', id: randomUUID(), role } });
const owner = person();
const other = person();
const admin = person('admin');

let system: System;
let deployment: Deployment;
beforeAll(async () => {
  system = await startSystem();
  await system.start();
  const asked = { name: 'mine', template: 'general', visibility: 'private' as const };
  const { id } = await system.call(createDeployment, asked, owner);
  deployment = await eventually(async () => {
    const found = await system.call(getDeployment, { id }, owner);
    expect(found.state).toBe('ready');
    return found;
  });
});
afterAll(async () => system.stop());

const seenBy = async (who: Context) =>
  (await system.call(listDeployments, {}, who)).items.map(({ name }) => name);

test('a private deployment is seen by its person, with keys of theirs, and by administrators and services', async () => {
  expect(deployment).toMatchObject({ visibility: 'private', createdBy: owner.actor.id });
  const key: Context = {
    ...owner,
    actor: { type: 'key', id: randomUUID(), role: 'operator', ownerId: owner.actor.id },
  };
  const service: Context = { ...owner, actor: { type: 'service', id: 'orchestrator', role: null } };
  for (const who of [owner, key, admin, service]) expect(await seenBy(who)).toContain('mine');
  expect(await seenBy(other)).not.toContain('mine');
  const byKey = await system.call(createDeployment, { name: 'by-key', template: 'general' }, key);
  expect(byKey).toMatchObject({ createdBy: owner.actor.id, visibility: 'open' });
  expect(await seenBy(other)).toContain('by-key');
  // What the bridge lists its agents for.
  expect(system.neighbours.connections.get(deployment.id)).toMatchObject({
    createdBy: owner.actor.id,
    visibility: 'private',
  });
});

test('several are deployed for oneself as one is', async () => {
  const asked = { name: 'pair', count: 2, template: 'general', visibility: 'private' as const };
  const { items } = await system.call(createDeployments, asked, owner);
  expect(items.map(({ visibility }) => visibility)).toEqual(['private', 'private']);
  expect(await seenBy(other)).not.toContain('pair-1');
});

test.each(['id', 'name'] as const)(
  "attack: the %s of somebody else's deployment leads nowhere",
  async (field) => {
    const id = deployment[field];
    const absent = { code: 'deployment_not_found' };
    for (const contract of [
      getDeployment,
      startDeployment,
      stopDeployment,
      restartDeployment,
      repairDeployment,
      retryDeployment,
      deleteDeployment,
      getDeploymentMetrics,
    ])
      await expect(system.call(contract, { id }, other)).rejects.toMatchObject(absent);
    await expect(system.call(redeployDeployment, { id, model: 'demo-2' }, other)).rejects.toMatchObject(
      absent,
    );
    await expect(system.call(readLogs, { id }, other)).rejects.toMatchObject(absent);
    await expect(system.call(savePreset, { name: 'taken', deployment: id }, other)).rejects.toMatchObject(
      absent,
    );
    await expect(system.call(updateDeployment, { id, visibility: 'open' }, other)).rejects.toMatchObject(
      absent,
    );
    const bulk = await system.call(operateDeployments, { operation: 'delete', ids: [id] }, other);
    expect(bulk.items).toMatchObject([{ deployment: null, problem: absent }]);
    expect(await system.call(getDeployment, { id }, owner)).toMatchObject({ state: 'ready' });
  },
);

test("attack: the log of somebody else's deployment is not followed", async () => {
  await expect(system.call(followLogs, { id: deployment.id }, other)).rejects.toMatchObject({
    code: 'deployment_not_found',
  });
});

test('its person opens it to all and takes it back, which those who look on and the bridge are told', async () => {
  const { id } = deployment;
  const told: unknown[] = [];
  await system.follow(id, (data) => told.push(data));
  await system.call(updateDeployment, { id, visibility: 'open' }, owner);
  expect(await seenBy(other)).toContain('mine');
  await expect(system.call(updateDeployment, { id, visibility: 'private' }, other)).rejects.toMatchObject({
    code: 'forbidden',
  });
  await expect(
    system.call(updateDeployment, { id, visibility: 'private' }, person('viewer')),
  ).rejects.toMatchObject({ code: 'forbidden' });
  await system.call(updateDeployment, { id, visibility: 'private' }, admin);
  expect(await seenBy(other)).not.toContain('mine');
  await eventually(() => expect(told).toEqual([{ kind: 'access' }, { kind: 'access' }]));
  await eventually(async () =>
    expect(await system.published(deployerEvents.deploymentAccessChanged)).toEqual([
      { deploymentId: id, createdBy: owner.actor.id, visibility: 'open' },
      { deploymentId: id, createdBy: owner.actor.id, visibility: 'private' },
    ]),
  );
});

test('who sees it is not changed while an operation tells others of it', async () => {
  const { id } = deployment;
  system.runtime.hold('start');
  await system.call(restartDeployment, { id }, owner);
  await expect(system.call(updateDeployment, { id, visibility: 'open' }, owner)).rejects.toMatchObject({
    code: 'deployment_busy',
  });
  system.runtime.release('start');
});
