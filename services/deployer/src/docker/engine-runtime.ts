import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { RuntimeSettings } from '@aether/contracts/deployer';
import { newId } from '@aether/messaging/id';
import type Docker from 'dockerode';
import { AgentDirectories } from '../agent-directories.js';
import { choosePort, type PortRange, type WantedPort } from '../choose-port.js';
import { availableMemoryMb } from '../process/memory.js';
import type {
  AgentRuntime,
  AgentSecrets,
  AgentSpec,
  AgentStatus,
  Figures,
  ListedAgent,
  Progress,
} from '../runtime.js';
import { StepError } from '../steps/step-error.js';
import { installationId, readRecord, stageAgent, uploadAgent, writeRecord } from './agent-files.js';
import { nameOf, type Carrier, type Found } from './carrier.js';
import { labelNames, type AgentRecord, type Defaults } from './container-spec.js';
import { explainEngine, isEngineAway, unlessStatus } from './engine.js';
import { exitOf, explainExit, explainRefusal } from './explain.js';
import { figuresOf } from './figures.js';
import { checkImage, pullImage } from './images.js';
import { HostRelay } from './host-relay.js';
import { gatewayOf } from './networks.js';
import { ContainerOutputs, type Output } from './output.js';
import { runInside } from './run-inside.js';
import { copyVolume } from './state-copies.js';

export interface EngineRuntimeOptions {
  readonly docker: Docker;
  readonly socketPath: string;
  readonly carrier: Carrier;
  /** What containers are given is written below it first, a directory for each agent. */
  readonly agentsDirectory: string;
  readonly ports: PortRange;
  readonly defaults: Defaults;
}

const LOOK_EVERY_MS = 250;
const DISCARD_DRAIN_MS = 10_000;
const REMOVAL_MS = 1_000;
const REMOVED = ['removing', 'dead'];

/** Agents in containers of this machine's Docker engine; each keeps its state in a volume of its own. */
export class EngineRuntime implements AgentRuntime {
  readonly name: Carrier['name'];
  readonly availableMemoryMb = availableMemoryMb;
  private readonly docker: Docker;
  private readonly carrier: Carrier;
  private readonly agents: AgentDirectories;
  private readonly outputs: ContainerOutputs;
  private readonly relay: HostRelay;
  private installation: Promise<string> | undefined;

  constructor(private readonly options: EngineRuntimeOptions) {
    this.docker = options.docker;
    this.carrier = options.carrier;
    this.name = options.carrier.name;
    this.agents = new AgentDirectories(options.agentsDirectory);
    this.outputs = new ContainerOutputs((id) => this.carrier.container(id));
    this.relay = new HostRelay(() => gatewayOf(this.docker, 'bridge'));
  }

  async preflight(settings: RuntimeSettings): Promise<string> {
    return this.asked(async () => {
      const engine = await this.carrier.check();
      const image = await checkImage(this.docker, settings.image ?? this.options.defaults.image);
      return `${engine}, ${image}`;
    });
  }

  async choosePort(wanted: WantedPort): Promise<number> {
    return choosePort(this.options.ports, wanted);
  }

  async gatewayToken(id: string): Promise<string> {
    return this.agents.gatewayToken(id);
  }

  async prepare(spec: AgentSpec, secrets: AgentSecrets): Promise<{ url: string }> {
    const { defaults } = this.options;
    const { image, memoryMb, cpus, isolated = false } = { ...defaults, ...spec.settings };
    const { baseUrl: modelBaseUrl } = spec.model;
    const { name, port, toolServers } = spec;
    const record = { name, port, image, memoryMb, cpus, isolated, modelBaseUrl, toolServers };
    await stageAgent(this.agents.of(spec.id), {
      spec,
      secrets,
      record,
      modelUrl: this.relay.address(modelBaseUrl),
      toolServers: Object.fromEntries(
        Object.entries(toolServers).map(([server, url]) => [server, this.relay.address(url)]),
      ),
    });
    return { url: `ws://127.0.0.1:${spec.port}` };
  }

  async create({ settings }: { settings: RuntimeSettings }, progress: Progress) {
    const image = settings.image ?? this.options.defaults.image;
    return this.asked(() => pullImage(this.docker, image, progress));
  }

  async start({ id, image }: { id: string; image: string | null }, progress: Progress): Promise<string> {
    const startedAt = Date.now();
    const staged = await readRecord(this.agents.of(id));
    const record = { ...staged, image: image ?? staged.image };
    await this.asked(async () => {
      await this.reach(record);
      if (!(await this.carrier.find(id))?.State.Running) await this.launch(id, record);
    });
    progress.tell('its container runs');
    await this.untilReady(id, record, progress);
    return `ready after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`;
  }

  private async reach({ modelBaseUrl, toolServers }: AgentRecord): Promise<void> {
    for (const url of [modelBaseUrl, ...Object.values(toolServers)]) await this.relay.ensure(url);
  }

  async stop(id: string, drainMs: number): Promise<void> {
    await this.asked(async () => {
      const container = await this.carrier.container(id);
      if (container) await unlessStatus(container.stop({ t: Math.ceil(drainMs / 1_000) }), 304, 404);
      await this.outputs.keep(id);
      await this.carrier.rest(id);
    });
  }

  async remove(id: string): Promise<void> {
    await this.discard(id);
    await this.asked(async () => {
      for (const volume of [volumeOf(id), copyOf(id)])
        await unlessStatus(this.docker.getVolume(volume).remove(), 404);
    });
    await rm(this.agents.of(id), { recursive: true, force: true, maxRetries: 5 });
  }

  async discard(id: string): Promise<void> {
    await this.stop(id, DISCARD_DRAIN_MS);
    this.outputs.forget(id);
    await this.asked(async () => this.carrier.remove(id, await this.id()));
  }

  async status(id: string): Promise<AgentStatus> {
    let found = await this.asked(() => this.carrier.find(id));
    if (found && !found.State.Running) {
      // Who removes a container by force ends it first.
      await delay(REMOVAL_MS);
      found = await this.asked(() => this.carrier.find(id));
    }
    if (!found || REMOVED.includes(found.State.Status))
      return { running: false, exit: 'Its container was removed by somebody else.', lost: true };
    if (!found.State.Running) return { running: false, exit: exitOf(found.State) };
    // After a start of this service nobody passes its calls on yet.
    await this.reach(await readRecord(this.agents.of(id)));
    return { running: true, exit: null };
  }

  async approveDevice(id: string, requestId: string): Promise<void> {
    const { code, output, errors } = await this.asked(async () => {
      const command = ['openclaw', 'devices', 'approve', requestId, '--json'];
      return runInside(this.docker, await this.running(id), command);
    });
    if (code === 0) return;
    throw new StepError({
      code: 'device_not_approved',
      cause: `The gateway did not approve the device: ${(errors || output).trim().split('\n').at(-1) ?? ''}`,
      remedy: 'Connect again: the refusal names the request that waits now.',
    });
  }

  async snapshot(id: string): Promise<string> {
    const { image } = await readRecord(this.agents.of(id));
    await copyFile(this.recordOf(id), `${this.recordOf(id)}.before`);
    const labels = await this.labels(id);
    await this.asked(() => copyVolume(this.docker, { image, from: volumeOf(id), to: copyOf(id), labels }));
    return 'state copied';
  }

  async restore(id: string): Promise<string> {
    await copyFile(`${this.recordOf(id)}.before`, this.recordOf(id));
    const { image } = await readRecord(this.agents.of(id));
    await this.discard(id);
    const labels = await this.labels(id);
    await this.asked(() => copyVolume(this.docker, { image, from: copyOf(id), to: volumeOf(id), labels }));
    return 'state as before the change';
  }

  async figures(id: string): Promise<Figures | null> {
    return this.asked(async () => {
      const found = await this.carrier.find(id);
      return found?.State.Running ? figuresOf(this.docker, this.docker.getContainer(found.Id)) : null;
    });
  }

  /** Containers of other installations, and those of nobody's, are not listed and so left alone. */
  async list(): Promise<ListedAgent[]> {
    const staged = await this.agents.ids();
    const installation = await this.id();
    try {
      const running = await this.asked(() => this.carrier.listed(installation));
      const ids = new Set([...running.keys(), ...staged]);
      return [...ids]
        .filter((id) => id !== '')
        .map((id) => ({ id, running: running.get(id) ?? false, discardable: running.has(id) }));
    } catch (error) {
      // Where no engine is, no container is either; an operation that needs one says so.
      if (isEngineAway(error)) return [];
      throw error;
    }
  }

  async readOutput(id: string, position: string, options: { final: boolean }): Promise<Output> {
    return this.asked(() => this.outputs.read(id, position, options));
  }

  /** The engine itself bounds what it keeps. */
  async compactOutput(_id: string, position: string): Promise<string> {
    return position;
  }

  async secretValues(id: string): Promise<string[]> {
    return this.agents.secretValues(id);
  }

  private async launch(id: string, record: AgentRecord): Promise<void> {
    const labels = await this.labels(id);
    const { workspacesDirectory } = this.options.defaults;
    // Its own tasks only: what others work on is not for it to see.
    const workspaces = workspacesDirectory ? join(workspacesDirectory, id) : null;
    if (workspaces) await mkdir(workspaces, { recursive: true });
    this.outputs.forget(id);
    await writeRecord(this.agents.of(id), record);
    await this.docker.createVolume({ Name: volumeOf(id), Labels: labels });
    await this.carrier.launch({
      id,
      identity: { name: nameOf(id), volume: volumeOf(id), workspaces, labels },
      record,
      fill: (container) => uploadAgent(container, this.agents.of(id)),
    });
  }

  private async untilReady(id: string, { port }: AgentRecord, { signal }: Progress): Promise<void> {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal }).catch(() => null);
      signal.throwIfAborted();
      await answer?.body?.cancel();
      if (answer?.ok) return;
      const found = await this.asked(() => this.carrier.find(id));
      if (found && hasEnded(found)) throw explainExit(found.State);
      const refused = found?.State.Running ? null : await this.asked(() => this.carrier.refusal(id));
      if (refused !== null) throw explainRefusal(refused);
      await delay(LOOK_EVERY_MS, undefined, { signal });
    }
  }

  private async labels(id: string): Promise<Record<string, string>> {
    return {
      [labelNames.installation]: await this.id(),
      [labelNames.deployment]: id,
      [labelNames.runtime]: this.name,
    };
  }

  private id(): Promise<string> {
    this.installation ??= installationId(this.options.agentsDirectory, newId);
    return this.installation;
  }

  private async running(id: string): Promise<Docker.Container> {
    const container = await this.carrier.container(id);
    if (!container) throw new Error(`${nameOf(id)} has no container`);
    return container;
  }

  private async asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw explainEngine(error, this.options.socketPath);
    }
  }

  private recordOf(id: string): string {
    return join(this.agents.of(id), 'container.json');
  }
}

/** One that a swarm is about to start does not run yet. */
const hasEnded = ({ State }: Found) => !State.Running && State.Status !== 'created';

const volumeOf = (id: string) => `aether-${id}`;
const copyOf = (id: string) => `aether-${id}-before`;
