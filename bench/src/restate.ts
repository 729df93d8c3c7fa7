import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { endpoint, service, type Context } from '@restatedev/restate-sdk';
import { environment } from './config.js';
import { freePort } from './free-port.js';
import type { Chain } from './mission-load.js';
import { Steps, type Load } from './queues.js';

/** Its server is a program of 200 MB: it is fetched when it is measured, and kept. */
const SERVER = '@restatedev/restate-server@1.7.12';
const home = fileURLToPath(new URL('../../.cache/restate', import.meta.url));
const run = promisify(execFile);

/** The same chain as a durable service; null where the server cannot be had here. */
export async function restateChain({ steps, inFlight }: Load): Promise<Chain | null> {
  const program = await serverProgram();
  if (!program) return null;
  const chain = new Steps(steps);
  const [servicePort, ingressPort, adminPort, nodePort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const listening = endpoint()
    // It has a line for every step.
    .setLogger(() => undefined)
    .bind(
      service({
        name: 'chain',
        handlers: {
          hold: async () => {
            await chain.hold.promise;
          },
          step: (context: Context, { step }: { step: number }) => {
            if (chain.begin(step)) {
              chain.done();
              context
                .serviceSendClient<{ step(c: Context, next: { step: number }): Promise<void> }>({
                  name: 'chain',
                })
                .step({
                  step: step + 1,
                });
            }
            return Promise.resolve();
          },
        },
      }),
    )
    .listen(servicePort);
  await listening;
  const directory = await mkdtemp(join(tmpdir(), 'aether-restate-'));
  const server = spawn(program, ['--base-dir', directory], {
    stdio: 'ignore',
    // What npm installs is a program that starts another one: they are ended together.
    detached: true,
    env: {
      PATH: environment.PATH,
      RUST_LOG: 'error',
      DO_NOT_TRACK: '1',
      RESTATE_BIND_ADDRESS: `127.0.0.1:${nodePort}`,
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingressPort}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${adminPort}`,
    },
  });
  try {
    await answers(`http://127.0.0.1:${adminPort}/health`);
    await post(`http://127.0.0.1:${adminPort}/deployments`, { uri: `http://127.0.0.1:${servicePort}` });
    const ingress = `http://127.0.0.1:${ingressPort}/chain`;
    await answers(`http://127.0.0.1:${ingressPort}/restate/health`);
    const end = once(chain.ended, 'end');
    for (let index = 0; index < inFlight; index += 1) await post(`${ingress}/hold/send`, {});
    await post(`${ingress}/step/send`, { step: 0 });
    await end;
    return chain.result();
  } finally {
    if (server.pid !== undefined) process.kill(-server.pid, 'SIGKILL');
    await once(server, 'exit');
    await rm(directory, { recursive: true, force: true });
  }
}

async function serverProgram(): Promise<string | null> {
  const program = join(home, 'node_modules', '.bin', 'restate-server');
  try {
    await access(program).catch(() =>
      run('npm', ['install', '--prefix', home, '--no-save', '--loglevel=error', SERVER]),
    );
    await run(program, ['--version']);
    return program;
  } catch {
    return null;
  }
}

async function post(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    if (tries === 100) throw new Error(`${url} does not answer`);
    await delay(200);
  }
}
