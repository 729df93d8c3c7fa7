import type { Logger } from '@aether/runtime/logger';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { BridgeConfig } from '../config.js';
import { CONFIG, LOGGER } from '../tokens.js';
import { ConnectionHub } from './connection-hub.js';
import { ConnectionRepository } from './connection.repository.js';
import { ProbeGateway } from './probe-gateway.js';

/** Probes every open connection now and then, one after the other, and keeps the history. */
@Injectable()
export class PeriodicProbe implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running = false;

  constructor(
    private readonly hub: ConnectionHub,
    private readonly connections: ConnectionRepository,
    private readonly probe: ProbeGateway,
    @Inject(CONFIG) private readonly config: BridgeConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.round(), this.config.PROBE_EVERY_S * 1_000);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async round(): Promise<void> {
    if (this.running) return;
    this.running = true;
    try {
      for (const id of this.hub.openIds) {
        const row = await this.connections.find(id);
        if (!row) continue;
        const { ok } = await this.probe.held(row);
        // No event tells of every change of the agents.
        if (ok) await this.hub.refreshAgents(id);
      }
    } catch (error) {
      this.logger.warn({ err: error }, 'a round of probes was cut short');
    } finally {
      this.running = false;
    }
  }
}
