import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { installOpenClaw } from '@aether/openclaw-process/install';
import { processesWith } from '@aether/openclaw-process/process-table';
import { environment as ours } from '@aether/testing/config';
import { eventually } from '@aether/testing/eventually';
import { startSmallRegistry, type SmallRegistry } from './small-registry.js';

const version = '1.2.3';
let registry: SmallRegistry;
let directory: string;

beforeAll(async () => {
  registry = await startSmallRegistry(version);
});
afterAll(() => registry.stop());
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'aether-install-'));
});
afterEach(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));

/** npm's cache is below the directory too, so that nothing comes from an earlier test. */
function options(more: Record<string, string> = {}) {
  const environment = {
    PATH: ours['PATH'] ?? '',
    HOME: directory,
    npm_config_registry: registry.url,
    npm_config_cache: join(directory, 'npm-cache'),
    ...more,
  };
  return { directory: join(directory, 'openclaw'), version, environment };
}

const installed = () => readdir(join(directory, 'openclaw'));

test('callers at the same time install once, and all get the same program', async () => {
  const before = registry.downloads;
  const messages: string[] = [];
  const onProgress = (message: string) => messages.push(message);
  const results = await Promise.all(
    Array.from({ length: 3 }, () => installOpenClaw({ ...options(), onProgress })),
  );
  expect(new Set(results.map(({ entry }) => entry)).size).toBe(1);
  expect(registry.downloads - before).toBe(1);
  expect(messages).toContain('waiting for another installation of openclaw to finish');
  expect(await installed()).toEqual([version]);
});

test('an installation that is there is given without asking anybody', async () => {
  const first = await installOpenClaw(options());
  const before = registry.downloads;
  await expect(installOpenClaw(options({ PATH: '' }))).resolves.toEqual(first);
  expect(registry.downloads).toBe(before);
});

test('what a killed installer left behind is ended and removed by the next', async () => {
  registry.hang();
  const { environment } = options();
  const program = fileURLToPath(new URL('installer-process.mjs', import.meta.url));
  const before = registry.downloads;
  const installer = spawn(process.execPath, [program, JSON.stringify(options())], { stdio: 'inherit' });
  await eventually(() => expect(registry.downloads).toBe(before + 1), { timeoutMs: 30_000 });
  installer.kill('SIGKILL');
  await once(installer, 'exit');
  expect((await installed()).filter((name) => name.startsWith('.installing-'))).toHaveLength(1);
  registry.resume();
  await installOpenClaw(options());
  expect(await installed()).toEqual([version]);
  const npms = () => processesWith('npm_config_cache', environment.npm_config_cache);
  await eventually(() => expect(npms()).toEqual([]));
});

test('a caller that gives up ends npm and leaves nothing behind', async () => {
  registry.hang();
  const before = registry.downloads;
  const abort = new AbortController();
  const installing = installOpenClaw({ ...options(), signal: abort.signal });
  await Promise.all([
    expect(installing).rejects.toThrow('not needed any more'),
    eventually(() => expect(registry.downloads).toBe(before + 1), { timeoutMs: 30_000 }).then(() =>
      abort.abort(new Error('not needed any more')),
    ),
  ]);
  registry.resume();
  expect(await installed()).toEqual([]);
});

test.each([
  {
    cause: 'no npm',
    fault: () => ({ ...options({ PATH: '/nowhere' }) }),
    code: 'npm_missing',
    remedy: 'Install npm',
  },
  {
    cause: 'no network',
    fault: () => options({ npm_config_registry: 'http://127.0.0.1:1' }),
    code: 'no_network',
    remedy: 'Check the network',
  },
  {
    cause: 'a version that does not exist',
    fault: () => ({ ...options(), version: '9.9.9' }),
    code: 'no_such_version',
    remedy: 'Check the version',
  },
  {
    cause: 'a Node.js that is too old',
    fault: () => ({ ...options(), nodePath: '/bin/true' }),
    code: 'node_unsuitable',
    remedy: 'needs Node.js 24.16.0',
  },
])('tells what to do when there is $cause', async ({ fault, code, remedy }) => {
  await expect(installOpenClaw(fault())).rejects.toMatchObject({
    code,
    message: expect.stringContaining(remedy),
  });
});
