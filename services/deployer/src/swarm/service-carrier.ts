import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import {
  nameOf,
  ownLabels,
  runningByAgent,
  type Carrier,
  type Found,
  type Launch,
} from '../docker/carrier.js';
import { containerSpec, labelNames, VOLUME_TARGET, type Defaults } from '../docker/container-spec.js';
import { StepError } from '../steps/step-error.js';
import { unlessStatus } from '../docker/engine.js';
import { explainStart } from '../docker/explain.js';
import { ensureNetwork, ISOLATED } from '../docker/networks.js';
import { requireManager } from './membership.js';
import { serviceSpec } from './service-spec.js';

/** Put on the containers of a service by the swarm. */
const SERVICE_LABEL = 'com.docker.swarm.service.name';
/** A container that was killed is gone within a second. */
const REMOVAL_MAX_MS = 30_000;
const LOOK_EVERY_MS = 100;
const ON_LOOPBACK = { 'com.docker.network.bridge.host_binding_ipv4': '127.0.0.1' };

type Task = Docker.Task & {
  readonly CreatedAt: string;
  readonly Status?: { readonly State?: string; readonly Err?: string };
};

/** Agents as services of the swarm that the engine manages: one container each, on this node. */
export class ServiceCarrier implements Carrier {
  readonly name = 'swarm';

  constructor(
    private readonly docker: Docker,
    private readonly defaults: Defaults,
  ) {}

  async check(): Promise<string> {
    const { version } = await requireManager(this.docker);
    return `Docker ${version}, manager of a swarm`;
  }

  async find(id: string): Promise<Found | null> {
    const service: unknown = await unlessStatus(this.docker.getService(nameOf(id)).inspect(), 404);
    const container = service ? await this.container(id) : null;
    return container && unlessStatus(container.inspect(), 404);
  }

  async launch({ id, identity, record, fill }: Launch): Promise<void> {
    const { nodeId } = await requireManager(this.docker);
    const installation = identity.labels[labelNames.installation] ?? '';
    await this.remove(id, installation);
    const network = await this.network(record.isolated, installation);
    const { Id: imageId } = await this.docker.getImage(record.image).inspect();
    const container = containerSpec({ ...identity, network }, record, this.defaults);
    try {
      await this.fillVolume(container, fill);
      await this.docker.createService(
        serviceSpec(container, { name: nameOf(id), imageId, network, nodeId, port: record.port }),
      );
    } catch (error) {
      throw explainStart(error);
    }
  }

  async refusal(id: string): Promise<string | null> {
    const filters = { service: [nameOf(id)] };
    const tasks = (await this.docker.listTasks({ filters: JSON.stringify(filters) })) as Task[];
    const [newest] = tasks.toSorted((one, other) => other.CreatedAt.localeCompare(one.CreatedAt));
    const { State: state = '', Err: fault = '' } = newest?.Status ?? {};
    return ['rejected', 'failed', 'pending'].includes(state) && fault !== '' ? fault : null;
  }

  async container(id: string): Promise<Docker.Container | null> {
    const label = [`${SERVICE_LABEL}=${nameOf(id)}`];
    // The newest comes first.
    const [newest] = await this.docker.listContainers({ all: true, filters: { label } });
    return newest ? this.docker.getContainer(newest.Id) : null;
  }

  /** A swarm makes a container again for a service that wants one, when the engine starts. */
  async rest(id: string): Promise<void> {
    const service = this.docker.getService(nameOf(id));
    const found = (await unlessStatus(service.inspect(), 404)) as Docker.Service | null;
    if (!found?.Spec?.Mode?.Replicated?.Replicas) return;
    const version = found.Version?.Index;
    await service.update({ ...found.Spec, version, Mode: { Replicated: { Replicas: 0 } } });
  }

  async remove(id: string, installation: string): Promise<void> {
    await unlessStatus(this.docker.getService(nameOf(id)).remove(), 404);
    // Its swarm would drain the containers first; until they are gone, volume and port are taken.
    const label = ownLabels(this.name, installation, id);
    const until = Date.now() + REMOVAL_MAX_MS;
    for (;;) {
      const left = await this.docker.listContainers({ all: true, filters: { label } });
      if (left.length === 0) return;
      if (Date.now() > until) throw stuck(left.length);
      for (const { Id } of left)
        await unlessStatus(this.docker.getContainer(Id).remove({ force: true }), 404, 409);
      await delay(LOOK_EVERY_MS);
    }
  }

  async listed(installation: string): Promise<Map<string, boolean>> {
    const label = ownLabels(this.name, installation);
    const services = await this.docker.listServices({ filters: { label } });
    const containers = await this.docker.listContainers({ all: true, filters: { label } });
    const wanted = services.map(({ Spec }) => [Spec?.Labels?.[labelNames.deployment] ?? '', false] as const);
    return new Map([...wanted, ...runningByAgent(containers)]);
  }

  /** Files are put in through a container that never runs: a swarm makes and starts its own in one go. */
  private async fillVolume(spec: Docker.ContainerCreateOptions, fill: Launch['fill']): Promise<void> {
    const volume = spec.HostConfig?.Mounts?.filter(({ Target }) => Target === VOLUME_TARGET) ?? [];
    const container = await this.docker.createContainer({
      name: `${spec.name}-files`,
      Image: spec.Image,
      Labels: spec.Labels,
      HostConfig: { NetworkMode: 'none', Mounts: volume },
    });
    try {
      await fill(container);
    } finally {
      await unlessStatus(container.remove({ force: true }), 404);
    }
  }

  /**
   * A bridge of this node that a swarm's services may use. Ports of theirs are published on every address of the
   * machine, unless their bridge has one of its own; only a network made from a configuration can have that.
   */
  private async network(isIsolated: boolean, installation: string): Promise<string> {
    const purpose = isIsolated ? 'isolated-services' : 'services';
    const Options = { ...ON_LOOPBACK, ...(isIsolated && ISOLATED) };
    const Network = await ensureNetwork(this.docker, `${purpose}-options`, {
      installation,
      ConfigOnly: true,
      Options,
    });
    const made = { installation, Driver: 'bridge', Scope: 'swarm', ConfigFrom: { Network } };
    return ensureNetwork(this.docker, purpose, made);
  }
}

const stuck = (count: number) =>
  new StepError({
    code: 'container_not_removed',
    cause: `The engine still has ${count} of the service's containers ${REMOVAL_MAX_MS / 1_000} s after it was told to remove them.`,
    remedy: 'Look at `docker ps --all` and at the log of the engine, then try again.',
    passing: true,
  });
