import { setTimeout as delay } from 'node:timers/promises';
import { authRequests } from '@aether/contracts/auth';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Logger } from '@aether/runtime/logger';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import PQueue from 'p-queue';
import { Turns } from '../chats/turns.js';
import { AgentList } from '../gateway/frames.js';
import { explainScopes } from '../gateway/down-reasons.js';
import {
  GatewayClients,
  type Down,
  type GatewayClient,
  type GatewayEvent,
  type Hello,
} from '../gateway/gateway-client.js';
import { LOGGER } from '../tokens.js';
import type { ConnectionRow } from './connection.entity.js';
import { ConnectionRepository } from './connection.repository.js';

const RETRY_MS = 1_000;

/** One held connection: its client, and the order in which what happens to it is stored. */
interface Held {
  readonly id: string;
  client: GatewayClient | null;
  readonly writes: PQueue;
}

/** Holds one persistent connection per gateway, whoever looks at it, and stores what becomes of it. */
@Injectable()
export class ConnectionHub implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly held = new Map<string, Held>();
  private stopped = false;

  constructor(
    private readonly connections: ConnectionRepository,
    private readonly clients: GatewayClients,
    private readonly turns: Turns,
    private readonly messaging: Messaging,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** After a restart every connection that was not closed is opened again. */
  onApplicationBootstrap(): void {
    void this.openAll();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await Promise.all([...this.held.keys()].map((id) => this.close(id)));
  }

  /** Opens a connection, or opens it anew where its gateway has moved. */
  async open(row: ConnectionRow): Promise<void> {
    await this.close(row.id);
    const held: Held = { id: row.id, client: null, writes: new PQueue({ concurrency: 1 }) };
    this.held.set(row.id, held);
    void this.start(held, row);
  }

  async close(id: string): Promise<void> {
    const held = this.held.get(id);
    if (!held) return;
    this.held.delete(id);
    this.turns.disconnected(id);
    await held.client?.close();
    await held.writes.onIdle();
  }

  /** Sends a request over a held connection; throws `GatewayRequestError` where it is not connected. */
  async request(id: string, method: string, params: object): Promise<unknown> {
    return this.held.get(id)?.client?.request(method, params);
  }

  get openIds(): string[] {
    return [...this.held.keys()];
  }

  /** Asks the gateway for its agents and keeps the answer for when it is away. */
  async refreshAgents(id: string): Promise<void> {
    const answer = AgentList.safeParse(await this.request(id, 'agents.list', {}));
    if (!answer.success) return;
    const agents = answer.data.agents.map((agent) => ({
      id: agent.id,
      name: agent.name ?? agent.id,
      model: typeof agent.model === 'string' ? agent.model : (agent.model?.primary ?? null),
    }));
    await this.connections.rememberAgents(id, agents);
  }

  private async openAll(): Promise<void> {
    while (!this.stopped) {
      try {
        for (const row of await this.connections.open()) if (!this.held.has(row.id)) await this.open(row);
        return;
      } catch (error) {
        this.logger.warn({ err: error }, 'the connections are not known yet');
        await delay(RETRY_MS);
      }
    }
  }

  /** Reads the token by its reference, as often as it takes, and lets the client begin. */
  private async start(held: Held, row: ConnectionRow): Promise<void> {
    while (this.isHeld(held)) {
      try {
        const { value } = await this.messaging.call(
          authRequests.revealSecret,
          { id: row.tokenSecretId },
          serviceContext('openclaw-bridge'),
        );
        if (!this.isHeld(held)) return;
        held.client = this.clients.create(
          { url: row.url, token: value },
          {
            onReady: (hello) => this.write(held, () => this.onReady(held, hello)),
            onEvent: (event) => this.onEvent(held, event),
            onGap: (gap) => this.write(held, () => this.onGap(held, gap)),
            onDown: (down) => this.onDown(held, down),
          },
        );
        held.client.open();
        return;
      } catch (error) {
        this.logger.warn(
          { err: error, connectionId: held.id },
          'the token of a connection is not readable yet',
        );
        await delay(RETRY_MS);
      }
    }
  }

  private async onReady(held: Held, hello: Hello): Promise<void> {
    const withheld = explainScopes(hello.scopes);
    let restarted = false;
    await this.connections.update(held.id, serviceContext('openclaw-bridge'), (row) => {
      restarted = row.bootId !== null && row.bootId !== hello.bootId;
      row.ready(hello);
      if (withheld) row.down({ ...withheld, nextAttemptAt: null });
    });
    if (restarted)
      this.logger.info({ connectionId: held.id, bootId: hello.bootId }, 'the gateway was restarted');
    if (withheld || !this.isHeld(held)) return;
    await this.refreshAgents(held.id);
    await this.turns.connected(this.linkOf(held));
  }

  private onEvent(held: Held, event: GatewayEvent): void {
    this.turns.handle(held.id, event);
    if (event.event === 'agents.changed' || event.event === 'config.changed')
      this.write(held, () => this.refreshAgents(held.id));
  }

  private async onGap(held: Held, gap: { expected: number; received: number }): Promise<void> {
    this.logger.warn({ connectionId: held.id, ...gap }, 'frames of the gateway were lost');
    this.turns.resynchronise(this.linkOf(held));
    await this.connections.recordGap(held.id, serviceContext('openclaw-bridge'), gap);
  }

  private onDown(held: Held, down: Down): void {
    this.turns.disconnected(held.id);
    this.write(held, async () => {
      await this.connections.update(held.id, serviceContext('openclaw-bridge'), (row) => row.down(down));
    });
  }

  /** Stores what happened in the order it happened, and again while the database is away. */
  private write(held: Held, work: () => Promise<void>): void {
    void held.writes.add(async () => {
      while (this.isHeld(held)) {
        try {
          return await work();
        } catch (error) {
          this.logger.warn(
            { err: error, connectionId: held.id },
            'the state of a connection was not stored yet',
          );
          await delay(RETRY_MS);
        }
      }
    });
  }

  private linkOf(held: Held) {
    return {
      connectionId: held.id,
      request: (method: string, params: object) => this.request(held.id, method, params),
    };
  }

  private isHeld(held: Held): boolean {
    return this.held.get(held.id) === held;
  }
}
