import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import { authService } from '@aether/auth/service';
import type { Deployment } from '@aether/contracts/deployer';
import { openclawRequests } from '@aether/contracts/openclaw';
import { modelsService } from '@aether/models/service';
import { openclawBridgeService } from '@aether/openclaw-bridge/service';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { freePort } from '@aether/testing/free-port';
import type Docker from 'dockerode';
import { nameOf, type Carrier } from '../src/docker/carrier.js';
import { AGENT_DIRECTORY, GATEWAY_PORT, labelNames, type Defaults } from '../src/docker/container-spec.js';
import { connectEngine } from '../src/docker/engine.js';
import { startSystem } from './system.js';

const { sendMessage, listMessages } = openclawRequests;

/** A gateway in a container on a busy machine takes a minute. */
export const within = { timeoutMs: 300_000 };

export async function docker(...args: string[]): Promise<string> {
  return (await promisify(execFile)('docker', args)).stdout.trim();
}

/** The deployer as a process of its own over the machine's engine, with all that agents need. */
export async function startContainerSystem(image: string, settings: Record<string, string> = {}) {
  const system = await startSystem(
    { LEASE_S: '3', DOCKER_IMAGE: image, START_MAX_S: '240', ...settings },
    {
      services: [
        { service: authService, settings: { MASTER_KEY: randomBytes(32).toString('base64') } },
        { service: openclawBridgeService, settings: {} },
        { service: modelsService, settings: { MODELS_PORT: '0', DEMO_DELAY_MS: '1' } },
      ],
    },
  );
  await system.spawn();
  // The newest message comes first.
  const ask = async (chatId: string, text: string) => {
    const before = (await system.call(listMessages, { id: chatId })).items.length;
    await system.call(sendMessage, { id: chatId, text });
    return eventually(async () => {
      const { items } = await system.call(listMessages, { id: chatId });
      expect(items.length).toBe(before + 2);
      expect(items[0]).toMatchObject({ role: 'assistant', state: 'complete' });
      return items;
    }, within);
  };
  return Object.assign(system, {
    /** The deployment once it is ready; throws as soon as it failed. */
    untilReady: async (id: string): Promise<Deployment> => {
      const settled = await eventually(async () => {
        const deployment = await system.get(id);
        expect(['ready', 'failed']).toContain(deployment.state);
        return deployment;
      }, within);
      expect(settled).toMatchObject({ state: 'ready' });
      return settled;
    },
    /** Sends a message, and answers the whole chat once the agent has answered. */
    ask: async (chatId: string, text: string): Promise<string> =>
      (await ask(chatId, text)).map(({ text: told }) => told).join('\n'),
    /** Sends a message, and answers what the agent has answered to it. */
    reply: async (chatId: string, text: string): Promise<string> => (await ask(chatId, text))[0]?.text ?? '',
  });
}

export type ContainerSystem = Awaited<ReturnType<typeof startContainerSystem>>;

/** An image like the given one that runs another command. */
async function imageThatRuns(image: string, command: readonly string[]): Promise<string> {
  const other = `aether/other:${newId()}`;
  const made = await docker('create', image, 'false');
  await docker('commit', '--change', `CMD ${JSON.stringify(command)}`, made, other);
  await docker('rm', made);
  return other;
}

/** What a broken image says before it ends. */
export const LAST_WORDS = 'this image forgets everything';

/** An image like the given one that deletes the agent's work instead of running its gateway. */
export const brokenImage = async (image: string): Promise<string> =>
  imageThatRuns(image, ['sh', '-c', `echo ${LAST_WORDS}; rm -r ${AGENT_DIRECTORY}/workspace; exit 3`]);

/** One that others were made from goes only after them. */
async function removeNetworks(installation: string): Promise<void> {
  const names = (await docker('network', 'ls', '--format', '{{.Name}}')).split('\n');
  const own = names.filter((name) => name.endsWith(installation.slice(-12)));
  const isSource = (name: string) => Number(name.includes('-options-'));
  for (const name of own.sort((one, other) => isSource(one) - isSource(other)))
    await docker('network', 'rm', name);
}

const SERVER = `require('http').createServer((_, answer) => answer.end('here')).listen(${GATEWAY_PORT})`;

/**
 * Has a carrier run two containers, and answers what asking comes to: from this machine at the published port, and from
 * the one at the other's own address.
 */
export async function reachOfTwo(
  carrierOf: (engine: Docker, defaults: Defaults) => Carrier,
  { image, isolated }: { image: string; isolated: boolean },
): Promise<{ fromHost: string; fromOther: string }> {
  const server = await imageThatRuns(image, ['node', '-e', SERVER]);
  const defaults = { image: server, memoryMb: 256, cpus: 1, processesMax: 64 };
  const carrier = carrierOf(connectEngine('/var/run/docker.sock'), defaults);
  const installation = newId();
  const [one, other] = [newId(), newId()];
  const ports = new Map([
    [one, await freePort()],
    [other, await freePort()],
  ]);
  try {
    for (const [id, port] of ports) {
      const labels = {
        [labelNames.installation]: installation,
        [labelNames.deployment]: id,
        [labelNames.runtime]: carrier.name,
      };
      const identity = { name: nameOf(id), volume: nameOf(id), workspaces: null, labels };
      const own = { name: 'reach', port, isolated, modelBaseUrl: '', toolServers: {} };
      await carrier.launch({
        id,
        identity,
        record: { ...defaults, ...own },
        fill: async () => undefined,
      });
    }
    const containerOf = async (id: string) => (await carrier.container(id))?.id ?? '';
    const fromHost = await eventually(
      async () => (await fetch(`http://127.0.0.1:${ports.get(other)}`)).text(),
      within,
    );
    const address = await docker(
      ...['inspect', '--format', '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}'],
      await containerOf(other),
    );
    const url = `http://${address}:${GATEWAY_PORT}`;
    const curl = ['curl', '--silent', '--max-time', '3', url];
    const fromOther = await docker('exec', await containerOf(one), ...curl).catch(() => 'nothing');
    return { fromHost, fromOther };
  } finally {
    for (const id of ports.keys()) {
      await carrier.remove(id, installation);
      await docker('volume', 'rm', '--force', nameOf(id));
    }
    await eventually(() => removeNetworks(installation), within);
    await docker('rmi', '--force', server);
  }
}
