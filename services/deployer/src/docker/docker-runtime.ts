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
import { installationId, readRecord, stageAgent, uploadAgent } from './agent-files.js';
import { containerSpec, labelNames, type AgentRecord, type Defaults } from './container-spec.js';
import { connectEngine, explainEngine, isEngineAway, unlessStatus } from './engine.js';
import { exitOf, explainExit, explainStart } from './explain.js';
import { figuresOf } from './figures.js';
import { checkImage, pullImage } from './images.js';
import { HostRelay } from './host-relay.js';
import { ContainerOutputs, type Output } from './output.js';
import { runInside } from './run-inside.js';
import { copyVolume } from './state-copies.js';

export interface DockerRuntimeOptions {
  readonly socketPath: string;
  /** What containers are given is written below it first, a directory for each agent. */
  readonly agentsDirectory: string;
  readonly ports: PortRange;
  readonly defaults: Defaults;
}

const LOOK_EVERY_MS = 250;
const DISCARD_DRAIN_MS = 10_000;
const REMOVAL_MS = 1_000;
const REMOVED = ['removing', 'dead'];

/** Agents as containers of this machine's Docker engine; each keeps its state in a volume of its own. */
export class DockerRuntime implements AgentRuntime {
  readonly name = 'docker';
  readonly availableMemoryMb = availableMemoryMb;
  private readonly docker: Docker;
  private readonly agents: AgentDirectories;
  private readonly outputs: ContainerOutputs;
  private readonly relay: HostRelay;
  private installation: Promise<string> | undefined;

  constructor(private readonly options: DockerRuntimeOptions) {
    this.docker = connectEngine(options.socketPath);
    this.agents = new AgentDirectories(options.agentsDirectory);
    this.outputs = new ContainerOutputs((id) => this.container(id));
    this.relay = new HostRelay(() => this.bridgeAddress());
  }

  async preflight(settings: RuntimeSettings): Promise<string> {
    return this.asked(async () => {
      const { ServerVersion } = (await this.docker.info()) as { ServerVersion: string };
      const image = await checkImage(this.docker, settings.image ?? this.options.defaults.image);
      return `Docker ${ServerVersion}, ${image}`;
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
    const digest = await this.asked(() => pullImage(this.docker, image, progress));
    return { told: `image ${digest}`, image: digest };
  }

  async start(id: string, progress: Progress): Promise<string> {
    const startedAt = Date.now();
    const record = await readRecord(this.agents.of(id));
    await this.asked(async () => {
      await this.reach(record);
      if ((await this.inspect(id))?.State.Running) return;
      const container = await this.make(id, record);
      await container.start().catch((error: unknown) => {
        throw explainStart(error);
      });
    });
    progress.tell('its container runs');
    await this.untilReady(id, record, progress);
    return `ready after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`;
  }

  private async reach({ modelBaseUrl, toolServers }: AgentRecord): Promise<void> {
    for (const url of [modelBaseUrl, ...Object.values(toolServers)]) await this.relay.ensure(url);
  }

  async stop(id: string, drainMs: number): Promise<void> {
    await this.asked(() =>
      unlessStatus(this.container(id).stop({ t: Math.ceil(drainMs / 1_000) }), 304, 404),
    );
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
    await this.asked(() => unlessStatus(this.container(id).remove({ force: true }), 404));
  }

  async status(id: string): Promise<AgentStatus> {
    let found = await this.asked(() => this.inspect(id));
    if (found && !found.State.Running) {
      // Who removes a container by force ends it first.
      await delay(REMOVAL_MS);
      found = await this.asked(() => this.inspect(id));
    }
    if (!found || REMOVED.includes(found.State.Status))
      return { running: false, exit: 'Its container was removed by somebody else.', lost: true };
    if (!found.State.Running) return { running: false, exit: exitOf(found.State) };
    // After a start of this service nobody passes its calls on yet.
    await this.reach(await readRecord(this.agents.of(id)));
    return { running: true, exit: null };
  }

  async approveDevice(id: string, requestId: string): Promise<void> {
    const { code, output, errors } = await this.asked(() =>
      runInside(this.docker, this.container(id), ['openclaw', 'devices', 'approve', requestId, '--json']),
    );
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
      const found = await this.inspect(id);
      return found?.State.Running ? figuresOf(this.docker, this.container(id)) : null;
    });
  }

  /** Containers of other installations, and those of nobody's, are not listed and so left alone. */
  async list(): Promise<ListedAgent[]> {
    const staged = await this.agents.ids();
    const label = [`${labelNames.installation}=${await this.id()}`, `${labelNames.runtime}=${this.name}`];
    try {
      const containers = await this.asked(() =>
        this.docker.listContainers({ all: true, filters: { label } }),
      );
      const running = new Map(
        containers.map(({ Labels, State }) => [Labels[labelNames.deployment] ?? '', State === 'running']),
      );
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

  private async make(id: string, record: AgentRecord): Promise<Docker.Container> {
    const labels = await this.labels(id);
    const network = record.isolated ? await this.isolatedNetwork() : 'bridge';
    const { workspacesDirectory } = this.options.defaults;
    // Its own tasks only: what others work on is not for it to see.
    const workspaces = workspacesDirectory ? join(workspacesDirectory, id) : null;
    if (workspaces) await mkdir(workspaces, { recursive: true });
    const identity = { name: nameOf(id), volume: volumeOf(id), network, workspaces, labels };
    this.outputs.forget(id);
    await unlessStatus(this.container(id).remove({ force: true }), 404);
    await this.docker.createVolume({ Name: volumeOf(id), Labels: labels });
    const container = await this.docker
      .createContainer(containerSpec(identity, record, this.options.defaults))
      .catch((error: unknown) => {
        throw explainStart(error);
      });
    await uploadAgent(container, this.agents.of(id));
    return container;
  }

  private async untilReady(id: string, { port }: AgentRecord, { signal }: Progress): Promise<void> {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal }).catch(() => null);
      signal.throwIfAborted();
      await answer?.body?.cancel();
      if (answer?.ok) return;
      const found = await this.asked(() => this.inspect(id));
      if (found && !found.State.Running) throw explainExit(found.State);
      await delay(LOOK_EVERY_MS, undefined, { signal });
    }
  }

  /** One network for all that are isolated: from it the outside is reached, but no other container. */
  private async isolatedNetwork(): Promise<string> {
    const name = `aether-isolated-${(await this.id()).slice(-12)}`;
    const made = this.docker.createNetwork({
      Name: name,
      CheckDuplicate: true,
      Driver: 'bridge',
      Labels: { [labelNames.installation]: await this.id() },
      Options: { 'com.docker.network.bridge.enable_icc': 'false' },
    });
    await unlessStatus(made, 409);
    return name;
  }

  private async bridgeAddress(): Promise<string | null> {
    const { IPAM } = (await this.docker.getNetwork('bridge').inspect()) as {
      IPAM?: { Config?: { Gateway?: string; Subnet?: string }[] };
    };
    const { Gateway, Subnet } = IPAM?.Config?.[0] ?? {};
    // An engine that has just made its bridge names only the subnet, and has the first address in it.
    return Gateway ?? Subnet?.replace(/(\d+)\/\d+$/, (_, last) => String(Number(last) + 1)) ?? null;
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

  private container(id: string): Docker.Container {
    return this.docker.getContainer(nameOf(id));
  }

  private async inspect(id: string): Promise<Docker.ContainerInspectInfo | null> {
    return unlessStatus(this.container(id).inspect(), 404);
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

const nameOf = (id: string) => `aether-${id}`;
const volumeOf = (id: string) => `aether-${id}`;
const copyOf = (id: string) => `aether-${id}-before`;
