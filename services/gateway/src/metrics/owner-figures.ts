import { operationsRequests, type Figure } from '@aether/contracts/operations';
import { catalogs, topology, type Durable, type ServiceTopology } from '@aether/contracts/topology';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import { LOGGER } from '../config.js';

interface Question {
  readonly service: string;
  readonly contract: ReturnType<typeof operationsRequests>['getFigures'];
}

/** What the owners tell of themselves, each with its name, and how far their consumers are behind. */
@Injectable()
export class OwnerFigures {
  private readonly durables = Object.values<ServiceTopology>(topology).flatMap(({ durables }) => durables);
  private readonly questions = catalogs.map(({ owner }) => ({
    service: owner,
    contract: operationsRequests(owner).getFigures,
  }));

  constructor(
    private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Never fails: an owner that does not answer in its time is down, and has no figures. */
  async collect(): Promise<Figure[]> {
    const [owners, backlogs] = await Promise.all([
      Promise.all(this.questions.map((question) => this.ask(question))),
      Promise.all(this.durables.map((durable) => this.backlogOf(durable))),
    ]);
    return merged([...owners.flat(), ...backlogs.flat()]);
  }

  private async ask({ service, contract }: Question): Promise<Figure[]> {
    try {
      const { figures } = await this.messaging.call(contract, {}, serviceContext('gateway'));
      return [up(service, 1), ...figures.map((figure) => labelled(figure, service))];
    } catch (error) {
      this.logger.debug({ err: error, service }, 'no figures');
      return [up(service, 0)];
    }
  }

  private async backlogOf(durable: Durable): Promise<Figure[]> {
    const backlog = await this.messaging.backlogOf(durable).catch((error: unknown) => {
      // Its service may never have run here.
      this.logger.debug({ err: error, consumer: durable.name }, 'no backlog');
      return null;
    });
    if (!backlog) return [];
    const values = (value: number) => [{ labels: { consumer: durable.name }, value }];
    return [
      {
        name: 'aether_consumer_waiting_events',
        help: 'Events that a consumer has not been given yet.',
        values: values(backlog.waiting),
      },
      {
        name: 'aether_consumer_unsettled_events',
        help: 'Events that a consumer was given and has not settled.',
        values: values(backlog.unsettled),
      },
    ];
  }
}

const up = (service: string, value: 0 | 1): Figure => ({
  name: 'aether_up',
  help: '1 where the service answers.',
  values: [{ labels: { service }, value }],
});

const labelled = (figure: Figure, service: string): Figure => ({
  ...figure,
  values: figure.values.map(({ labels, value }) => ({ labels: { ...labels, service }, value })),
});

/** One figure a name. */
function merged(figures: readonly Figure[]): Figure[] {
  const byName = new Map<string, Figure>();
  for (const figure of figures) {
    const values = [...(byName.get(figure.name)?.values ?? []), ...figure.values];
    byName.set(figure.name, { ...figure, values });
  }
  return [...byName.values()];
}
