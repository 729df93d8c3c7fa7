import type Docker from 'dockerode';
import { nameOf, ownLabels, runningByAgent, type Carrier, type Found, type Launch } from './carrier.js';
import { containerSpec, labelNames, type Defaults } from './container-spec.js';
import { unlessStatus } from './engine.js';
import { explainStart } from './explain.js';
import { ensureNetwork, ISOLATED } from './networks.js';

/** Agents as containers of the engine itself. */
export class ContainerCarrier implements Carrier {
  readonly name = 'docker';

  constructor(
    private readonly docker: Docker,
    private readonly defaults: Defaults,
  ) {}

  async check(): Promise<string> {
    const { ServerVersion } = (await this.docker.info()) as { ServerVersion: string };
    return `Docker ${ServerVersion}`;
  }

  async find(id: string): Promise<Found | null> {
    return unlessStatus(this.handle(id).inspect(), 404);
  }

  async launch({ id, identity, record, fill }: Launch): Promise<void> {
    const installation = identity.labels[labelNames.installation] ?? '';
    const network = record.isolated ? await this.isolatedNetwork(installation) : 'bridge';
    await this.remove(id, installation);
    try {
      const spec = containerSpec({ ...identity, network }, record, this.defaults);
      const container = await this.docker.createContainer(spec);
      await fill(container);
      await container.start();
    } catch (error) {
      throw explainStart(error);
    }
  }

  /** The engine says so at once, when it is asked to start it. */
  async refusal(): Promise<null> {
    return null;
  }

  async container(id: string): Promise<Docker.Container> {
    return this.handle(id);
  }

  /** The engine starts none by itself. */
  async rest(): Promise<void> {}

  async remove(id: string, installation: string): Promise<void> {
    const label = ownLabels(this.name, installation, id);
    for (const { Id } of await this.docker.listContainers({ all: true, filters: { label } }))
      await unlessStatus(this.docker.getContainer(Id).remove({ force: true }), 404);
  }

  async listed(installation: string): Promise<Map<string, boolean>> {
    const label = ownLabels(this.name, installation);
    return runningByAgent(await this.docker.listContainers({ all: true, filters: { label } }));
  }

  private handle(id: string): Docker.Container {
    return this.docker.getContainer(nameOf(id));
  }

  private async isolatedNetwork(installation: string): Promise<string> {
    return ensureNetwork(this.docker, 'isolated', { installation, Driver: 'bridge', Options: ISOLATED });
  }
}
