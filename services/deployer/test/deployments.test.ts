import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { deployerEvents, deployerRequests } from '@aether/contracts/deployer';
import { newId } from '@aether/messaging/id';
import { schemaDrift } from '@aether/persistence/data-source';
import { eventually } from '@aether/testing/eventually';
import { deployerService } from '../src/service.js';
import { as, startSystem, type System } from './system.js';

const {
  createDeployment,
  getDeployment,
  listDeployments,
  listTemplates,
  readLogs,
  followLogs,
  retryDeployment,
} = deployerRequests;
const operations = {
  start: deployerRequests.startDeployment,
  stop: deployerRequests.stopDeployment,
  restart: deployerRequests.restartDeployment,
  repair: deployerRequests.repairDeployment,
  delete: deployerRequests.deleteDeployment,
};
const name = () => `n-${newId().slice(-12)}`;

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.start();
});
afterAll(async () => system.stop());

test('the migrations make what the entities say', async () => {
  expect(await schemaDrift({ url: system.database.url, schema: deployerService.schema })).toEqual([]);
});

describe('a deploy', () => {
  test('replies at once, goes through its steps to ready, and tells of each change with a growing version', async () => {
    const wanted = name();
    const created = await system.call(createDeployment, { name: wanted, template: 'coding' });
    expect(created).toMatchObject({ name: wanted, state: 'deploying', model: 'demo', version: 1 });
    expect(created.waitsFor).not.toBeNull();
    expect(created.deadlineAt).not.toBeNull();
    const ready = await system.inState(created.id, 'ready');
    expect(ready).toMatchObject({
      waitsFor: null,
      deadlineAt: null,
      failure: null,
      capabilities: created.capabilities,
    });
    expect(
      ready.steps.every(({ state, startedAt, finishedAt }) => state === 'done' && startedAt && finishedAt),
    ).toBe(true);
    await eventually(async () => {
      const versions = (await system.changesOf(created.id)).map(({ version }) => version);
      expect(versions.at(-1)).toBe(ready.version);
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
    });
    const all = await system.published(deployerEvents.deploymentCreated);
    expect(all.filter(({ deployment }) => deployment.id === created.id)).toHaveLength(1);
  });

  test('logs every step with a number of its own, live and stored alike', async () => {
    system.runtime.hold('preflight');
    const { id } = await system.create();
    const live = await system.followLines(id);
    const before = await system.lines(id);
    system.runtime.release('preflight');
    await system.inState(id, 'ready');
    await eventually(async () => {
      const lines = await system.lines(id);
      expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index + 1));
      expect(lines.filter(({ level }) => level === 'step').map(({ text }) => text)).toEqual([
        ...['preflight', 'prepare', 'create', 'start', 'probe', 'connect', 'enrol'].map(
          (step) => `deploy: ${step}`,
        ),
        'deploy: ready',
      ]);
      expect([...before, ...live.filter(({ seq }) => seq > before.length)]).toEqual(lines);
    });
  });

  test('asked twice with one key makes one agent, and with another body is a conflict', async () => {
    const context = as('operator', { idempotencyKey: newId() });
    const input = { name: name(), template: 'general' };
    const [first, second] = await Promise.all([
      system.call(createDeployment, input, context),
      system.call(createDeployment, input, context),
    ]);
    expect(second).toEqual(first);
    await expect(system.call(createDeployment, { ...input, name: name() }, context)).rejects.toMatchObject({
      code: 'idempotency_conflict',
    });
  });

  test('of ten with one name at once makes one', async () => {
    const input = { name: name(), template: 'general' };
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, () => system.call(createDeployment, input)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected')
        expect(result.reason).toMatchObject({ code: 'deployment_name_taken', status: 409 });
  });

  test.each([
    ['a name with a space', { name: 'a b', template: 'general' }, 'invalid_input'],
    ['an unknown template', { name: 'a', template: 'nothing' }, 'template_not_found'],
    ['an unknown model', { name: 'a', template: 'general', model: 'no-such' }, 'model_not_found'],
  ])('with %s is refused', async (_what, input, code) => {
    await expect(system.call(createDeployment, input)).rejects.toMatchObject({ code });
  });

  test.each([
    ['viewer', 'forbidden'],
    [null, 'unauthenticated'],
  ] as const)('by %s is refused', async (role, code) => {
    const input = { name: name(), template: 'general' };
    await expect(system.call(createDeployment, input, as(role))).rejects.toMatchObject({ code });
  });

  test('of many side by side gives each its own port', async () => {
    const ready = await Promise.all(Array.from({ length: 6 }, () => system.ready()));
    expect(new Set(ready.map(({ url }) => url)).size).toBe(6);
  });
});

describe('reading', () => {
  test('is for every role, by id and by name, and pages newest first', async () => {
    const { id, name: known } = await system.ready();
    expect((await system.call(getDeployment, { id: known }, as('viewer'))).id).toBe(id);
    const first = await system.call(listDeployments, { limit: 1 }, as('viewer'));
    expect(first.items[0]?.id).toBe(id);
    const next = await system.call(
      listDeployments,
      { limit: 1, cursor: first.nextCursor ?? '' },
      as('viewer'),
    );
    expect(next.items[0]?.id).not.toBe(id);
    const { items } = await system.call(listTemplates, {}, as('viewer'));
    expect(items.map((template) => template.id)).toEqual(['coding', 'general', 'research', 'support']);
  });

  test('tells before any deploy what the machine lacks for one, and how to get it', async () => {
    const look = async () => (await system.call(deployerRequests.examineMachine, {}, as('viewer'))).items;
    expect((await look()).map(({ part, ok }) => [part, ok])).toEqual([
      ['process', true],
      ['memory', true],
      ['disk', true],
      ['git', true],
    ]);
    const remedy = 'Install npm, then try again.';
    system.runtime.fail('preflight', { code: 'no_npm', cause: 'There is no npm.', remedy });
    system.runtime.setFreeMemoryMb(1);
    expect(await look()).toMatchObject([
      { part: 'process', needed: true, detail: 'There is no npm.', remedy: 'Install npm, then look again.' },
      { part: 'memory', ok: false, needed: true },
      { ok: true, remedy: null },
      { ok: true, remedy: null },
    ]);
    system.runtime.heal('preflight');
    system.runtime.setFreeMemoryMb(100_000);
  });

  test('tells how much of the machine is used, from before anybody looked', async () => {
    const { getMachineFigures } = deployerRequests;
    const { processors, memoryBytes, diskBytes, samples } = await system.call(
      getMachineFigures,
      {},
      as('viewer'),
    );
    expect(processors).toBeGreaterThan(0);
    for (const { cpuPercent, memoryUsedBytes, diskUsedBytes } of samples) {
      expect(cpuPercent).toBeLessThanOrEqual(100);
      expect(memoryUsedBytes).toBeGreaterThan(0);
      expect(memoryUsedBytes).toBeLessThan(memoryBytes);
      expect(diskUsedBytes).toBeLessThan(diskBytes);
    }
    await eventually(
      async () => {
        const later = await system.call(getMachineFigures, {}, as('viewer'));
        expect(later.samples.length).toBeGreaterThan(samples.length);
      },
      { timeoutMs: 60_000 },
    );
    await expect(system.call(getMachineFigures, {}, as(null))).rejects.toMatchObject({ status: 401 });
  });

  test('of what is not there is told so', async () => {
    const absent = { code: 'deployment_not_found', status: 404 };
    const id = newId();
    await expect(system.call(getDeployment, { id })).rejects.toMatchObject(absent);
    await expect(system.call(readLogs, { id })).rejects.toMatchObject(absent);
    await expect(system.call(followLogs, { id })).rejects.toMatchObject(absent);
    for (const contract of Object.values(operations))
      await expect(system.call(contract, { id: 'nobody' })).rejects.toMatchObject(absent);
  });

  test('needs a role', async () => {
    await expect(system.call(listDeployments, {}, as(null))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    for (const contract of Object.values(operations))
      await expect(system.call(contract, { id: 'any' }, as('viewer'))).rejects.toMatchObject({
        code: 'forbidden',
      });
  });
});

describe('an operation', () => {
  test('stop, start, restart and delete end where they say, and the name is free again', async () => {
    const { id, name: taken } = await system.ready();
    await system.call(operations.stop, { id });
    await system.inState(id, 'stopped');
    expect((await system.runtime.status(id)).running).toBe(false);
    expect(system.neighbours.connections.get(id)?.state).toBe('closed');
    await system.call(operations.start, { id });
    await system.inState(id, 'ready');
    await system.call(operations.restart, { id: taken });
    await system.inState(id, 'ready');
    const secrets = system.neighbours.secrets.size;
    await system.call(operations.delete, { id });
    expect(await system.inState(id, 'deleted')).toMatchObject({ url: null });
    expect(system.neighbours.secrets.size).toBe(secrets - 1);
    expect(system.neighbours.connections.has(id)).toBe(false);
    await eventually(async () =>
      expect(await system.published(deployerEvents.deploymentDeleted)).toContainEqual({
        deploymentId: id,
        name: taken,
      }),
    );
    expect((await system.call(listDeployments, {})).items.map((item) => item.id)).not.toContain(id);
    await system.ready(taken);
  });

  test('asked twice is done once', async () => {
    const { id } = await system.ready();
    system.runtime.hold('stop');
    const first = await system.call(operations.stop, { id });
    const second = await system.call(operations.stop, { id });
    expect(second.steps.map((step) => step.name)).toEqual(first.steps.map((step) => step.name));
    system.runtime.release('stop');
    await system.inState(id, 'stopped');
    expect(system.runtime.calls().filter((call) => call === `stop ${id}`)).toHaveLength(1);
  });

  test.each<[keyof typeof operations, string]>([
    ['start', 'operation_not_allowed'],
    ['repair', 'operation_not_allowed'],
  ])('%s of a ready deployment is refused', async (operation, code) => {
    const { id } = await system.ready();
    await expect(system.call(operations[operation], { id })).rejects.toMatchObject({ code, status: 409 });
  });

  test('on one that is busy is refused with what it waits for', async () => {
    system.runtime.hold('create');
    const { id } = await system.create();
    await eventually(async () => expect((await system.get(id)).waitsFor).toContain('package'));
    await expect(system.call(operations.restart, { id })).rejects.toMatchObject({ code: 'deployment_busy' });
    system.runtime.release('create');
    await system.inState(id, 'ready');
  });

  test('goes on from the step that failed, and what was done before stays done', async () => {
    const cause = { code: 'exited_early', cause: 'It ended.', remedy: 'Mend it.' };
    system.runtime.fail('start', cause);
    const { id, name: given } = await system.create();
    const failed = await system.inState(id, 'failed');
    expect(failed.failure).toEqual({ step: 'start', ...cause });
    system.runtime.heal('start');
    system.runtime.hold('start');
    const asked = await system.call(retryDeployment, { id: given });
    expect(asked).toMatchObject({ operation: 'deploy', state: 'deploying', failure: null });
    expect(asked.steps.map(({ state, attempt }) => [state, attempt])).toEqual([
      ['pending', 0],
      ['pending', 0],
      ['done', 1],
      ...Array.from({ length: 4 }, () => ['pending', 0]),
    ]);
    await expect(system.call(retryDeployment, { id })).rejects.toMatchObject({ code: 'deployment_busy' });
    system.runtime.release('start');
    const ready = await system.inState(id, 'ready');
    const made = ({ steps }: typeof ready) => steps.find((step) => step.name === 'create');
    expect(made(ready)).toEqual(made(failed));
    await expect(system.call(retryDeployment, { id })).rejects.toMatchObject({
      code: 'operation_not_allowed',
      message: expect.stringContaining('no step of it has failed'),
    });
  });

  test('that deletes goes on as well', async () => {
    const { id } = await system.ready();
    const fault = { code: 'locked', cause: 'The directory is in use.', remedy: 'Close it.' };
    system.runtime.fail('remove', fault);
    await system.call(operations.delete, { id });
    expect((await system.inState(id, 'failed')).failure?.step).toBe('remove');
    system.runtime.heal('remove');
    expect(await system.call(retryDeployment, { id })).toMatchObject({ operation: 'delete' });
    await system.inState(id, 'deleted');
    await expect(system.call(retryDeployment, { id })).rejects.toMatchObject({
      code: 'deployment_not_found',
    });
  });

  test('delete and stop give up a deploy that is still running', async () => {
    system.runtime.hold('create');
    const [one, two] = [await system.create(), await system.create()];
    await eventually(async () => expect((await system.get(two.id)).waitsFor).toContain('package'));
    await system.call(operations.delete, { id: one.id });
    await system.call(operations.stop, { id: two.id });
    await system.inState(one.id, 'deleted');
    await system.inState(two.id, 'stopped');
    system.runtime.release('create');
  });
});
