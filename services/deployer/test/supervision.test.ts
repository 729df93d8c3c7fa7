import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { deployerRequests } from '@aether/contracts/deployer';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { startSystem, type System } from './system.js';

const { repairDeployment, deleteDeployment } = deployerRequests;

let system: System;
beforeAll(async () => {
  system = await startSystem({ PREFLIGHT_MAX_S: '2', START_MAX_S: '2', PROBE_MAX_S: '2', RESTARTS_MAX: '1' });
  await system.start();
});
afterAll(async () => system.stop());

beforeEach(() => {
  for (const method of ['preflight', 'prepare', 'create', 'start', 'stop', 'remove'] as const) {
    system.runtime.release(method);
    system.runtime.heal(method);
  }
  system.runtime.setFreeMemoryMb(100_000);
  system.neighbours.refusal = null;
  system.neighbours.providerFault = null;
  system.neighbours.away.clear();
});

describe('a step that fails', () => {
  test('names itself, the cause and what to do, keeps the last lines of the process, and can be repaired', async () => {
    system.runtime.fail('start', {
      code: 'config_refused',
      cause: 'It refused its setting.',
      remedy: 'Mend it.',
    });
    const { id } = await system.create();
    system.runtime.say(id, 'Error: unknown setting\n');
    const failed = await system.inState(id, 'failed');
    expect(failed.failure).toEqual({
      step: 'start',
      code: 'config_refused',
      cause: 'It refused its setting.',
      remedy: 'Mend it.',
    });
    expect(failed.steps.map(({ state }) => state)).toEqual([
      ...['done', 'done', 'done', 'failed'],
      ...['pending', 'pending', 'pending'],
    ]);
    expect((await system.runtime.status(id)).running).toBe(false);
    const texts = (await system.lines(id, { source: 'step' })).map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(['| Error: unknown setting', 'start: Mend it.']));
    system.runtime.heal('start');
    await system.call(repairDeployment, { id });
    await system.inState(id, 'ready');
  });

  test('because another program took its port gets another one, and says so only when that did not help', async () => {
    const taken = { code: 'port_taken', cause: 'Another program took the port.', remedy: 'Repair it.' };
    system.runtime.fail('start', taken);
    const unlucky = await system.create();
    const failed = await system.inState(unlucky.id, 'failed');
    expect(failed.failure).toMatchObject({ step: 'start', code: 'port_taken' });
    expect(failed.steps.map(({ name, attempt }) => [name, attempt]).slice(0, 4)).toEqual([
      ['preflight', 3],
      ['prepare', 3],
      ['create', 3],
      ['start', 3],
    ]);
    system.runtime.heal('start');
    system.runtime.hold('start');
    const lucky = await system.create();
    await eventually(async () => expect((await system.get(lucky.id)).steps[3]?.state).toBe('running'));
    system.runtime.fail('start', taken);
    system.runtime.hold('prepare');
    system.runtime.release('start');
    await eventually(async () =>
      expect((await system.get(lucky.id)).steps[1]).toMatchObject({ attempt: 2, state: 'running' }),
    );
    system.runtime.heal('start');
    system.runtime.release('prepare');
    await system.inState(lucky.id, 'ready');
  });

  test('for a passing reason is tried again', async () => {
    system.neighbours.away.add('models');
    system.neighbours.away.delete('models');
    system.runtime.fail('preflight', { code: 'x', cause: 'Not yet.', remedy: 'Wait.', passing: true });
    const { id } = await system.create();
    await eventually(async () => expect((await system.get(id)).steps[0]?.detail).toBe('Not yet.'));
    system.runtime.heal('preflight');
    await system.inState(id, 'ready');
  });

  test('for a passing reason that stays ends at the deadline and says why', async () => {
    system.neighbours.refusal = {
      code: 'token_mismatch',
      cause: 'The token is wrong.',
      remedy: 'Repair it.',
    };
    const { id } = await system.create();
    const { failure } = await system.inState(id, 'failed');
    expect(failure).toMatchObject({ step: 'probe', code: 'token_mismatch', remedy: 'Repair it.' });
    expect(failure?.cause).toContain('The token is wrong.');
  });

  test('to answer at all ends at the deadline', async () => {
    system.runtime.hold('start');
    const { id } = await system.create();
    const { failure } = await system.inState(id, 'failed');
    expect(failure).toMatchObject({ step: 'start', code: 'not_in_time' });
  });

  test('waits for a service that is away, and says so', async () => {
    const { id } = await system.create();
    system.neighbours.away.add('auth');
    const other = await system.create();
    await eventually(async () =>
      expect((await system.lines(other.id)).map(({ text }) => text).join()).toContain(
        '"auth" is not running',
      ),
    );
    system.neighbours.away.clear();
    await system.inState(other.id, 'ready');
    await system.inState(id, 'ready');
  });
});

describe('preflight', () => {
  test('refuses what the machine has no memory for, with both figures', async () => {
    system.runtime.setFreeMemoryMb(512);
    const { id } = await system.create();
    const { failure } = await system.inState(id, 'failed');
    expect(failure).toMatchObject({ step: 'preflight', code: 'no_memory' });
    expect(failure?.cause).toBe('The agent needs 900 MB of memory, 512 MB are free.');
  });

  test('counts what agents that are still starting will need', async () => {
    system.runtime.setFreeMemoryMb(1_700);
    system.runtime.hold('create');
    const first = await system.create();
    await eventually(async () => expect((await system.get(first.id)).waitsFor).toContain('package'));
    const second = await system.create();
    await eventually(async () =>
      expect((await system.get(second.id)).steps[0]?.detail).toContain('kept for agents that are starting'),
    );
    system.runtime.release('create');
    await system.inState(first.id, 'ready');
    await system.inState(second.id, 'ready');
  });

  test('refuses a model key that the provider refuses', async () => {
    system.neighbours.providerFault = { cause: 'The key was refused.', remedy: 'Set another key.' };
    const { id } = await system.create();
    expect((await system.inState(id, 'failed')).failure).toEqual({
      step: 'preflight',
      code: 'model_unusable',
      cause: 'The key was refused.',
      remedy: 'Set another key.',
    });
  });
});

describe('an agent', () => {
  test('whose process ends is started again, and after too many ends is failed with the reason', async () => {
    const { id } = await system.ready();
    system.runtime.crash(id);
    const starting = await system.inState(id, 'starting');
    expect(starting.waitsFor).toContain('restart 1 of 1');
    await system.inState(id, 'ready');
    system.runtime.say(id, 'out of ideas\n');
    system.runtime.crash(id);
    const { failure } = await system.inState(id, 'failed');
    expect(failure?.code).toBe('exits_repeatedly');
    expect(failure?.cause).toContain('It exited with code 1.');
  });

  test('is started again though the model provider is away', async () => {
    const { id } = await system.ready();
    system.neighbours.providerFault = { cause: 'The provider is down.', remedy: 'Wait.' };
    system.runtime.crash(id);
    await system.inState(id, 'starting');
    await system.inState(id, 'ready');
  });

  test('whose process ends during its deploy is started again within it', async () => {
    system.neighbours.refusal = { code: 'x', cause: 'Not yet.', remedy: 'Wait.' };
    const { id } = await system.create();
    await eventually(async () => expect((await system.get(id)).waitsFor).toContain('probe'));
    system.runtime.crash(id);
    await eventually(() =>
      expect(system.runtime.calls().filter((call) => call === `launch ${id}`)).toHaveLength(2),
    );
    system.neighbours.refusal = null;
    await system.inState(id, 'ready');
  });

  test('is degraded with the reason while its connection is lost, and ready when it is back', async () => {
    const { id } = await system.ready();
    const reason = { code: 'gone', cause: 'The socket closed.', remedy: 'Wait.' };
    await system.neighbours.tellConnection(id, { state: 'disconnected', reason });
    const degraded = await system.inState(id, 'degraded');
    expect(degraded).toMatchObject({
      failure: { step: 'connect', code: 'gone' },
      waitsFor: 'the connection to the agent',
    });
    expect(degraded.deadlineAt).not.toBeNull();
    await system.neighbours.tellConnection(id, { state: 'connected', reason: null });
    expect(await system.inState(id, 'ready')).toMatchObject({ failure: null, deadlineAt: null });
  });
});

describe('reconciliation', () => {
  test('stops a process that no deployment knows, and one whose deployment should not run', async () => {
    const stray = newId();
    await system.runtime.prepare({ id: stray, port: 1 }, { gatewayToken: 'stray' });
    await system.runtime.start(
      { id: stray },
      { signal: new AbortController().signal, tell: () => undefined },
    );
    const { id } = await system.ready();
    await system.call(deployerRequests.stopDeployment, { id });
    await system.inState(id, 'stopped');
    await system.runtime.start({ id }, { signal: new AbortController().signal, tell: () => undefined });
    const other = await system.start();
    await eventually(async () => {
      expect((await system.runtime.status(stray)).running).toBe(false);
      expect((await system.runtime.status(id)).running).toBe(false);
    });
    expect((await system.get(id)).state).toBe('stopped');
    await system.stopInstance(other);
  });
});

describe('several instances', () => {
  test('do each step of many deployments once between them', async () => {
    const others = [await system.start(), await system.start()];
    const made = await Promise.all(Array.from({ length: 8 }, () => system.create()));
    for (const { id } of made) await system.inState(id, 'ready');
    for (const { id } of made)
      expect(system.runtime.calls().filter((call) => call.endsWith(id))).toEqual([
        ...['prepare', 'create', 'launch', 'start'].map((call) => `${call} ${id}`),
      ]);
    for (const other of others) await system.stopInstance(other);
    const { id } = made[0] ?? { id: '' };
    await system.call(deleteDeployment, { id });
    await system.inState(id, 'deleted');
  });

  test('hand over what one of them was at when it stops', async () => {
    const other = await system.start();
    system.runtime.hold('create');
    const made = await Promise.all(Array.from({ length: 6 }, () => system.create()));
    await system.stopInstance(other);
    system.runtime.release('create');
    for (const { id } of made) await system.inState(id, 'ready');
  });
});

describe('with STOP_AGENTS_ON_EXIT', () => {
  test('agents end with the service, and start with it again', async () => {
    const own = await startSystem({ STOP_AGENTS_ON_EXIT: 'true' });
    try {
      const instance = await own.start();
      const { id } = await own.ready();
      const stopped = await own.create();
      await own.inState(stopped.id, 'ready');
      await own.call(deployerRequests.stopDeployment, { id: stopped.id });
      await own.inState(stopped.id, 'stopped');
      await own.stopInstance(instance);
      expect((await own.runtime.status(id)).running).toBe(false);
      await own.start();
      await own.inState(id, 'ready');
      expect((await own.runtime.status(id)).running).toBe(true);
      expect((await own.get(stopped.id)).state).toBe('stopped');
    } finally {
      await own.stop();
    }
  });
});
