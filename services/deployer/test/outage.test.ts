import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { startSystem, type System } from './system.js';

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.start();
});
afterAll(async () => system.stop());

test('a deploy goes on after the database was away, and starts its agent once', async () => {
  system.runtime.hold('create');
  const { id } = await system.create();
  await eventually(async () => expect((await system.get(id)).waitsFor).toContain('package'));
  await system.database.cutOff();
  await expect(system.get(id)).rejects.toMatchObject({ code: 'unavailable', status: 503 });
  system.runtime.release('create');
  await system.database.reconnect();
  await system.inState(id, 'ready');
  expect(system.runtime.calls().filter((call) => call === `launch ${id}`)).toHaveLength(1);
});

test('a deploy goes on after the bus was away', async () => {
  system.runtime.hold('create');
  const { id } = await system.create();
  await eventually(async () => expect((await system.get(id)).waitsFor).toContain('package'));
  await system.nats.kill();
  system.runtime.release('create');
  await system.nats.start();
  // A request that was lost on the way is given up after its 30 s.
  await eventually(async () => expect((await system.get(id)).state).toBe('ready'), { timeoutMs: 50_000 });
});

test('a running agent is left alone while the database is away for longer than a lease', async () => {
  const { id, version } = await system.ready();
  await system.database.cutOff();
  const away = Date.now();
  await eventually(() => expect(Date.now() - away).toBeGreaterThan(3_500), { intervalMs: 100 });
  await system.database.reconnect();
  system.runtime.say(id, 'still here\n');
  await eventually(async () =>
    expect((await system.lines(id, { source: 'process' })).map(({ text }) => text)).toEqual(['still here']),
  );
  expect(await system.get(id)).toMatchObject({ state: 'ready', version });
  expect(system.runtime.calls().filter((call) => call === `launch ${id}`)).toHaveLength(1);
});
