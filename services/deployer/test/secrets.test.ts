import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { deployerRequests } from '@aether/contracts/deployer';
import { eventually } from '@aether/testing/eventually';
import { startSystem, type System } from './system.js';

const { stopDeployment, startDeployment, restartDeployment } = deployerRequests;

let system: System;
beforeAll(async () => {
  system = await startSystem();
  await system.start();
});
afterEach(() => system.runtime.release('start'));
afterAll(async () => system.stop());

/** The vault's secret that is the agent's token now. */
const secretOf = (id: string): string => {
  const token = system.runtime.tokenOf(id);
  const [secretId] = [...system.neighbours.secrets].find(([, value]) => value === token) ?? [];
  if (secretId === undefined) throw new Error('its token is not in the vault');
  return secretId;
};
const launchesOf = (id: string) => system.runtime.calls().filter((call) => call === `launch ${id}`).length;

test('a running agent is restarted with a token that was replaced in the vault, and told so in its log', async () => {
  const { id } = await system.ready();
  await system.neighbours.replaceSecret(secretOf(id), 'another-token');
  await eventually(() => expect(system.runtime.tokenOf(id)).toBe('another-token'));
  const ready = await system.inState(id, 'ready');
  expect(ready).toMatchObject({ operation: 'restart', failure: null });
  expect(launchesOf(id)).toBe(2);
  const texts = (await system.lines(id)).map(({ text }) => text);
  expect(texts).toContainEqual(expect.stringContaining('replaced in the vault'));
});

test('an agent that is being started with the old token is started anew with the new one', async () => {
  const { id } = await system.ready();
  system.runtime.hold('start');
  await system.call(restartDeployment, { id });
  await eventually(() => expect(launchesOf(id)).toBe(2));
  await system.neighbours.replaceSecret(secretOf(id), 'in-the-middle');
  await eventually(() =>
    expect(system.runtime.calls().filter((call) => call === `stop ${id}`)).toHaveLength(2),
  );
  system.runtime.release('start');
  await system.inState(id, 'ready');
  await eventually(() => expect(system.runtime.tokenOf(id)).toBe('in-the-middle'));
});

test('an agent that stands still is left so, and has the new token when it is started', async () => {
  const { id } = await system.ready();
  const secretId = secretOf(id);
  await system.call(stopDeployment, { id });
  await system.inState(id, 'stopped');
  await system.neighbours.replaceSecret(secretId, 'while-it-stood');
  const other = await system.ready();
  await system.neighbours.replaceSecret(secretOf(other.id), 'later');
  await eventually(() => expect(system.runtime.tokenOf(other.id)).toBe('later'));
  expect(await system.get(id)).toMatchObject({ state: 'stopped' });
  await system.call(startDeployment, { id });
  await system.inState(id, 'ready');
  expect(system.runtime.tokenOf(id)).toBe('while-it-stood');
});

test('a token that somebody deleted from the vault is stored there again at the next start', async () => {
  const { id } = await system.ready();
  system.neighbours.secrets.delete(secretOf(id));
  await system.call(restartDeployment, { id });
  await eventually(() => expect(secretOf(id)).toBeDefined());
  await system.inState(id, 'ready');
});
