import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { renderConfig, type GatewaySettings } from '@aether/openclaw-process/config';
import { gatewayEnvironment } from '@aether/openclaw-process/environment';
import { writeGatewayFiles, writeKeys } from '@aether/openclaw-process/files';
import { installOpenClaw } from '@aether/openclaw-process/install';
import { adoptGateway, startGateway, type StartOptions } from '@aether/openclaw-process/process';
import { processesWith } from '@aether/openclaw-process/process-table';
import { environment, openClawDirectory } from '@aether/testing/config';
import { eventually } from '@aether/testing/eventually';
import { freePort } from '@aether/testing/free-port';
import { TestClient } from '@aether/testing/gateway-client';
import { useRealGateway } from '@aether/testing/real-gateway';
import { callTools, say } from '@aether/testing/scripted-model';
import { settingsFor } from './settings.js';

let entry: string;
beforeAll(async () => {
  ({ entry } = await installOpenClaw({ directory: openClawDirectory, environment }));
}, 300_000);

function startOptions(directory: string, port: number): StartOptions {
  const path = environment['PATH'] ?? '';
  return { directory, port, entry, environment: gatewayEnvironment({ directory, path }) };
}

describe('a running gateway', () => {
  const gateway = useRealGateway();
  const clients: TestClient[] = [];
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.stop()));
  });

  async function connect(): Promise<TestClient> {
    const client = new TestClient({ url: gateway().url, token: gateway().token });
    clients.push(client);
    await client.hello();
    return client;
  }

  async function send(client: TestClient, message: string): Promise<string> {
    const idempotencyKey = randomUUID();
    await client.call('chat.send', { sessionKey: `agent:main:${randomUUID()}`, message, idempotencyKey });
    return idempotencyKey;
  }

  test('is found by whoever did not start it, and is not started twice', async () => {
    const { directory, port, process: running } = gateway();
    expect(adoptGateway(directory)?.status()).toEqual({ state: 'running', pid: running.pid });
    const again = await startGateway(startOptions(directory, port));
    expect(again.pid).toBe(running.pid);
    expect(again.residentBytes()).toBeGreaterThan(200_000_000);
  });

  test('presents a new model key after secrets.reload, without a restart', async () => {
    const { directory, token, model } = gateway();
    model.answer(() => say('Yes.'));
    const client = await connect();
    await writeKeys(directory, { token, modelKey: 'another-key' });
    await client.call('secrets.reload');
    await client.ending(await send(client, 'hello'));
    expect(model.requests.at(-1)).toMatchObject({ key: 'another-key', task: 'hello' });
  });

  test('finishes its turn when it is stopped, and then uses a configuration rendered anew, with the agent it was given', async () => {
    const { directory, port, token, model } = gateway();
    const client = await connect();
    model.answer(() => say('a long answer that takes a while', { chunkDelayMs: 1_000 }));
    const runId = await send(client, 'talk');
    await eventually(() => expect(client.payloads('chat', runId).at(-1)?.state).toBe('delta'), {
      timeoutMs: 60_000,
    });
    // The gateway writes its configuration itself, which makes it compare the next one with its own.
    await client.call('agents.create', { name: 'Its own' });
    const { process: running } = gateway();
    await expect(running.stop({ drainMs: 120_000 })).resolves.toEqual({ drained: true });
    expect(await client.ending(runId)).toMatchObject({ state: 'final' });
    expect(client.closes[0]?.code).toBe(1012);
    expect(running.status()).toEqual({ state: 'exited', code: 0 });

    const settings: GatewaySettings = settingsFor(directory, {
      port,
      modelBaseUrl: model.url,
      agents: [{ id: 'main' }, { id: 'second' }],
    });
    await writeGatewayFiles({ directory, config: renderConfig(settings), token, modelKey: 'key' });
    await gateway().restart();
    const { agents } = await (await connect()).call('agents.list');
    const ids = (agents as { id: string }[]).map(({ id }) => id);
    expect(ids.toSorted()).toEqual(['its-own', 'main', 'second']);
  }, 400_000);

  test('takes the commands of its agents with it, also those that left their session', async () => {
    const mark = randomUUID();
    const command = `(MARK=${mark} setsid sleep 600 &) ; MARK=${mark} sleep 600`;
    gateway().model.answer(() => callTools([{ name: 'exec', arguments: { command } }]));
    const commands = () => processesWith('MARK', mark);
    await send(await connect(), 'run it');
    await eventually(() => expect(commands()).toHaveLength(2), { timeoutMs: 90_000 });
    const { directory, process: running } = gateway();
    await running.kill();
    expect(commands()).toEqual([]);
    expect(running.status()).toEqual({ state: 'exited', signal: 'SIGKILL' });
    expect(adoptGateway(directory)).toBeUndefined();
  });
});

describe('a gateway', () => {
  let directory: string;
  let port: number;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aether-process-'));
    port = await freePort();
    const config = renderConfig(settingsFor(directory, { port }));
    await writeGatewayFiles({ directory, config, token: 'token', modelKey: 'key' });
  });
  afterEach(async () => {
    await adoptGateway(directory)?.kill();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  });

  test('that refuses its configuration says so, with its last lines', async () => {
    await writeFile(join(directory, 'config', 'openclaw.json'), '{ "gateway": { "mode": 7 } }');
    const gateway = await startGateway(startOptions(directory, port));
    await expect(gateway.waitUntilReady()).rejects.toThrow(/before it was ready\. Its last lines:\n.*mode/su);
    expect(gateway.status()).toMatchObject({ state: 'exited', code: expect.any(Number) });
  });

  test('is not started on a port that is taken', async () => {
    const other = createServer().listen(port, '127.0.0.1');
    await expect(startGateway(startOptions(directory, port))).rejects.toThrow(
      `Port ${port} cannot be used by the OpenClaw gateway`,
    );
    other.close();
  });

  test('is not started by a Node.js that is not there', async () => {
    const options = { ...startOptions(directory, port), nodePath: '/nowhere/node' };
    await expect(startGateway(options)).rejects.toThrow('ENOENT');
  });

  test('outlives the process that started it, and is stopped by the next', async () => {
    const program = fileURLToPath(new URL('starter-process.mjs', import.meta.url));
    const options = JSON.stringify(startOptions(directory, port));
    const pid = await new Promise<number>((resolve) => {
      execFile(process.execPath, [program, options], (_, stdout) => resolve(Number(stdout)));
    });
    const gateway = adoptGateway(directory);
    expect(gateway?.pid).toBe(pid);
    await gateway?.waitUntilReady({ timeoutMs: 240_000 });
    await expect(gateway?.stop()).resolves.toEqual({ drained: true });
    expect(gateway?.status()).toEqual({ state: 'exited' });
  }, 300_000);
});
