import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { hasDockerEngine, openClawImage } from '@aether/testing/docker-engine';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, expect, test as always } from '@jest/globals';
import { Machine } from './machine.js';

interface Answer {
  readonly deployment: { id: string; state: string; settings?: { memoryMb?: number } };
  readonly deployments: { name: string; state: string; failure: { code: string } | null }[];
  readonly metrics: { memoryBytes: number; memoryLimitBytes: number; diskBytes: number };
  readonly chatId: string;
  readonly reply: string;
}

const engine = await hasDockerEngine();
const test = engine ? always : always.skip;
const run = promisify(execFile);
const docker = async (...args: string[]) => (await run('docker', args)).stdout.trim();

let machine: Machine;
let foreign: string;
beforeAll(async () => {
  if (!engine) return;
  const image = await openClawImage();
  machine = await Machine.make();
  await machine.ask(['up', '--detach'], { environment: { DOCKER_IMAGE: image } });
  await machine.ask(['setup', '--email', 'person@example.org', '--password-stdin'], {
    input: 'a long enough password\n',
  });
  foreign = await docker('run', '--detach', image, 'sleep', '3600');
}, 600_000);
afterAll(async () => {
  if (!engine) return;
  await machine.aether(['delete', 'boxed', '--wait']);
  await docker('rm', '--force', foreign);
  await machine.remove();
}, 300_000);

const ask = (...args: string[]) => machine.ask<Answer>(args);

test('by the command alone, an agent in a container goes on with its chat after stop, change, failed change and removal', async () => {
  const { deployment } = await ask(
    ...[
      'deploy',
      '--template',
      'general',
      '--name',
      'boxed',
      '--runtime',
      'docker',
      '--memory',
      '1800',
      '--wait',
    ],
  );
  expect(deployment.state).toBe('ready');
  const { chatId } = await ask('chat', 'boxed', 'write kept.md: the otter sleeps');

  const { metrics } = await ask('metrics', 'boxed');
  expect(metrics.memoryBytes).toBeGreaterThan(0);
  expect(metrics.memoryLimitBytes).toBe(1_800 * 1_048_576);
  expect(metrics.diskBytes).toBeGreaterThan(0);
  expect((await machine.aether(['metrics', 'boxed'])).stdout).toContain('of 1.8 GB');

  await ask('stop', 'boxed', '--wait');
  await ask('start', 'boxed', '--wait');
  const remembered = { chatId, reply: expect.stringContaining('the otter sleeps') };
  expect(await ask('chat', 'boxed', 'read kept.md')).toMatchObject(remembered);

  const absent = await machine.aether([
    'redeploy',
    'boxed',
    '--image',
    'aether/absent:1',
    '--wait',
    '--json',
  ]);
  expect(absent.code).toBe(1);
  expect(absent.json()).toMatchObject({ error: { code: 'rolled_back' }, deployment: { state: 'ready' } });
  const changed = await ask('redeploy', 'boxed', '--memory', '1900', '--wait');
  expect(changed.deployment).toMatchObject({ state: 'ready', settings: { memoryMb: 1_900 } });

  await docker('rm', '--force', `aether-${deployment.id}`);
  await eventually(
    async () => {
      const { deployments } = await ask('agents');
      expect(deployments).toMatchObject([{ name: 'boxed', state: 'failed', failure: { code: 'lost' } }]);
    },
    { timeoutMs: 60_000, intervalMs: 1_000 },
  );
  expect((await ask('repair', 'boxed', '--wait')).deployment.state).toBe('ready');
  expect(await ask('chat', 'boxed', 'read kept.md')).toMatchObject(remembered);
  expect(await docker('inspect', '--format', '{{.State.Running}}', foreign)).toBe('true');
}, 900_000);
