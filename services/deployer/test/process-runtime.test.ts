import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { newId } from '@aether/messaging/id';
import { ProcessRuntime } from '../src/process/process-runtime.js';

describe('the process runtime', () => {
  let directory: string;
  let busy: Server;
  let busyPort: number;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aether-runtime-'));
    busy = createServer().listen(0, '127.0.0.1');
    await once(busy, 'listening');
    busyPort = (busy.address() as AddressInfo).port;
  });
  afterEach(async () => {
    busy.close();
    await rm(directory, { recursive: true });
  });

  const runtime = (ports: { first: number; last: number }) =>
    new ProcessRuntime({
      agentsDirectory: join(directory, 'deployments'),
      packagesDirectory: join(directory, 'runtimes'),
      ports,
      outputBytesMax: 1_000,
      environment: { PATH: directory },
    });

  test('gives an agent its token once, readable by nobody else', async () => {
    const id = newId();
    const here = runtime({ first: 21_000, last: 21_001 });
    const [token, again] = await Promise.all([here.gatewayToken(id), here.gatewayToken(id)]);
    expect(again).toBe(token);
    expect(await runtime({ first: 1, last: 2 }).gatewayToken(id)).toBe(token);
    const file = await stat(join(directory, 'deployments', id, 'secrets', 'gateway-token'));
    expect(file.mode & 0o777).toBe(0o600);
  });

  test('leaves out ports that are taken here or by another program, and says when none is left', async () => {
    const here = runtime({ first: busyPort, last: busyPort });
    const asked = here.choosePort({ preferred: null, taken: [] });
    await expect(asked).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining('is free'),
    });
    busy.close();
    await once(busy, 'close');
    expect(await here.choosePort({ preferred: busyPort, taken: [] })).toBe(busyPort);
    await expect(here.choosePort({ preferred: null, taken: [busyPort] })).rejects.toMatchObject({
      code: 'port_taken',
    });
  });

  test('says what to do when npm is missing', async () => {
    const progress = { signal: new AbortController().signal, tell: () => undefined };
    await expect(runtime({ first: 1, last: 2 }).create(newId(), progress)).rejects.toMatchObject({
      code: 'npm_missing',
      remedy: expect.stringContaining('Install npm'),
    });
  });

  test('knows how much memory is left', async () => {
    expect(await runtime({ first: 1, last: 2 }).availableMemoryMb()).toBeGreaterThan(50);
  });

  test('removes what is not there without a fault, and lists only agents', async () => {
    const here = runtime({ first: 1, last: 2 });
    expect(await here.list()).toEqual([]);
    const id = newId();
    await here.gatewayToken(id);
    expect(await here.list()).toEqual([{ id, running: false, discardable: false }]);
    await here.remove(id);
    await here.remove(id);
    expect(await here.list()).toEqual([]);
  });
});
