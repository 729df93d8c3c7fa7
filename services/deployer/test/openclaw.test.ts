import { randomBytes } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { authService } from '@aether/auth/service';
import { deployerRequests } from '@aether/contracts/deployer';
import { modelsService } from '@aether/models/service';
import { adoptGateway } from '@aether/openclaw-process/process';
import { openclawBridgeService } from '@aether/openclaw-bridge/service';
import { openClawDirectory } from '@aether/testing/config';
import { eventually } from '@aether/testing/eventually';
import { kill, startSystem, type System } from './system.js';

const { restartDeployment, stopDeployment, startDeployment, deleteDeployment } = deployerRequests;

let system: System;
beforeAll(async () => {
  system = await startSystem(
    { RUNTIME_DIR: openClawDirectory, LEASE_S: '3', STOP_AGENTS_ON_EXIT: 'true' },
    {
      services: [
        { service: authService, settings: { MASTER_KEY: randomBytes(32).toString('base64') } },
        { service: openclawBridgeService, settings: {} },
        { service: modelsService, settings: { MODELS_PORT: '0', DEMO_DELAY_MS: '1' } },
      ],
    },
  );
}, 300_000);
afterAll(async () => system.stop());

const directoryOf = (id: string) => join(system.environment.DATA_DIR ?? '', 'deployments', id);

/** The agent's answer through its gateway's own HTTP, with the token that only its files hold. */
async function ask(id: string, url: string | null): Promise<string> {
  const keys = JSON.parse(await readFile(join(directoryOf(id), 'secrets', 'keys.json'), 'utf8')) as Record<
    string,
    string
  >;
  const response = await fetch(`${url?.replace('ws:', 'http:')}/healthz`, {
    headers: { authorization: `Bearer ${keys.gatewayToken}` },
  });
  return response.text();
}

test('real gateways are deployed side by side, killed, restarted, adopted, stopped, started and deleted', async () => {
  let deployer = await system.spawn();
  const [one, two] = [await system.create('one'), await system.create('two')];
  const within = { timeoutMs: 180_000 };
  const first = await system.inState(one.id, 'ready', within);
  const second = await system.inState(two.id, 'ready', within);
  expect(first.url).not.toBe(second.url);
  expect(await ask(one.id, first.url)).toContain('live');
  const files = await readdir(join(directoryOf(one.id), 'workspace', 'main'));
  expect(files).toEqual(expect.arrayContaining(['AGENTS.md', 'SOUL.md']));
  await eventually(async () =>
    expect((await system.lines(one.id, { source: 'process' })).length).toBeGreaterThan(0),
  );

  const gateway = adoptGateway(directoryOf(one.id));
  process.kill(gateway?.pid ?? 0, 'SIGKILL');
  const starting = await system.inState(one.id, 'starting');
  expect(starting.waitsFor).toContain('SIGKILL');
  await system.inState(one.id, 'ready', within);

  const pid = adoptGateway(directoryOf(two.id))?.pid;
  await kill(deployer);
  deployer = await system.spawn();
  await system.call(restartDeployment, { id: one.id });
  await system.inState(one.id, 'ready', within);
  expect(adoptGateway(directoryOf(two.id))?.pid).toBe(pid);

  await system.call(stopDeployment, { id: one.id });
  await system.inState(one.id, 'stopped', within);
  expect(adoptGateway(directoryOf(one.id))).toBeUndefined();
  await system.call(startDeployment, { id: one.id });
  await system.inState(one.id, 'ready', within);

  deployer.kill('SIGTERM');
  await eventually(() => expect(adoptGateway(directoryOf(two.id))).toBeUndefined(), { timeoutMs: 30_000 });
  deployer = await system.spawn();
  await system.inState(two.id, 'ready', within);

  for (const { id } of [one, two]) await system.call(deleteDeployment, { id });
  for (const { id } of [one, two]) await system.inState(id, 'deleted', within);
  expect(await readdir(join(directoryOf(one.id), '..'))).toEqual([]);
}, 600_000);
