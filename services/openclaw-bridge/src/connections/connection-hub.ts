import { setTimeout as delay } from 'node:timers/promises';
import { ContractFailure } from '@aether/contracts/failure';
import { serviceContext } from '@aether/messaging/context';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import PQueue from 'p-queue';
import { readAgents, readSkills } from '../agents/read-agents.js';
import { Approvals } from '../approvals/approvals.js';
import { TurnEvents } from '../chats/turn-events.js';
import type { Link } from '../chats/turn-driver.js';
import { Turns } from '../chats/turns.js';
import { explainScopes } from '../gateway/offers.js';
import {
  GatewayClients,
  GatewayRequestError,
  type Down,
  type GatewayClient,
  type GatewayEvent,
  type Hello,
} from '../gateway/gateway-client.js';
import { Claims } from '../leases/claims.js';
import { LOGGER } from '../tokens.js';
import type { ConnectionRow } from './connection.entity.js';
import { ConnectionRepository } from './connection.repository.js';
import { Devices } from './devices.js';
import { TokenUnreadable } from './gateway-secrets.js';

const RETRY_MS = 1_000;
const ASK_WITHIN_MS = 5_000;
/** Secrets read at once: all of a dead instance's at one time would have the vault answer none of them in time. */
const SECRETS_AT_ONCE = 8;

/** One held connection: its client, and the order in which what happens to it is stored. */
interface Held {
  readonly id: string;
  client: GatewayClient | null;
  /** While it is usable: what the gateway said of itself. */
  hello: Hello | null;
  readonly writes: PQueue;
}

/** Holds one persistent connection per gateway, whoever looks at it, and stores what becomes of it. */
@Injectable()
export class ConnectionHub {
  private readonly held = new Map<string, Held>();
  private readonly secrets = new PQueue({ concurrency: SECRETS_AT_ONCE });

  constructor(
    private readonly claims: Claims,
    private readonly connections: ConnectionRepository,
    private readonly clients: GatewayClients,
    private readonly devices: Devices,
    private readonly turns: Turns,
    private readonly events: TurnEvents,
    private readonly approvals: Approvals,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get openIds(): string[] {
    return [...this.held.keys()];
  }

  /** What a gateway said at the handshake of its present connection; null while there is none. */
  hello(id: string): Hello | null {
    return this.held.get(id)?.hello ?? null;
  }

  /** Opens a connection that is claimed, or opens it anew; its turns wait meanwhile. */
  open(row: ConnectionRow): void {
    const before = this.close(row.id);
    const { id, leaseFence: fence } = row;
    this.claims.take({ id, fence });
    const held: Held = { id, client: null, hello: null, writes: new PQueue({ concurrency: 1 }) };
    this.held.set(id, held);
    void before.then(() => this.start(held, row));
  }

  /** Closes a connection that is somebody else's now, or nobody's, and forgets its turns; at once, but for the socket. */
  async letGo(id: string): Promise<void> {
    this.claims.drop(id);
    this.turns.letGo(id);
    await this.close(id);
  }

  private async close(id: string): Promise<void> {
    const held = this.held.get(id);
    if (!held) return;
    this.held.delete(id);
    this.turns.disconnected(id);
    await held.client?.close();
    await held.writes.onIdle();
  }

  /** Sends a request over a held connection; throws `GatewayRequestError`, also where there is none. */
  async request(id: string, method: string, options: { params: object; timeoutMs?: number }) {
    const client = this.held.get(id)?.client;
    if (!client) throw new GatewayRequestError('not_connected', 'The gateway is not connected.', true);
    return client.request(method, options.params, options.timeoutMs);
  }

  /** Runs work between what the connection's own events do, so that those it causes are taken in after it. */
  async inOrder<T>(id: string, work: () => Promise<T>): Promise<T> {
    const held = this.held.get(id);
    return held ? held.writes.add(work) : work();
  }

  /** Asks the gateway for its agents and keeps the answer for when it is away. */
  async refreshAgents(id: string): Promise<void> {
    const ask = this.asking(id);
    const agents = await readSkills(ask, await readAgents(ask));
    await this.connections.rememberAgents(this.claimed(id), serviceContext('openclaw-bridge'), agents);
  }

  private asking(id: string) {
    return (method: string, params: object) => this.request(id, method, { params, timeoutMs: ASK_WITHIN_MS });
  }

  /** The row as long as no other instance has claimed it. */
  private claimed(id: string) {
    return { id, leaseFence: this.claims.fenceOf(id) };
  }

  /** Reads the token by its reference, as often as it takes, and lets the client begin. */
  private async start(held: Held, row: ConnectionRow): Promise<void> {
    while (this.isHeld(held)) {
      try {
        const address = await this.secrets.add(() => this.devices.addressOf(row));
        if (!this.isHeld(held)) return;
        held.client = this.clients.create(address, {
          onReady: (hello) => this.onReady(held, hello),
          onEvent: (event) => this.onEvent(held, event),
          onGap: (gap) => this.onGap(held, gap),
          onDown: (down) => this.onDown(held, down),
        });
        held.client.open();
        return;
      } catch (error) {
        if (!this.isHeld(held)) return;
        const nextAttemptAt = new Date(Date.now() + RETRY_MS);
        if (error instanceof TokenUnreadable)
          this.onDown(held, { ...error.reason, retry: 'soon', nextAttemptAt });
        else this.logger.warn({ err: error, connectionId: held.id }, 'a connection was not begun');
        await delay(RETRY_MS);
      }
    }
  }

  private onReady(held: Held, hello: Hello): void {
    held.hello = hello;
    this.write(held, async () => {
      if (held.hello !== hello) return;
      const withheld = explainScopes(hello.scopes);
      // Known before the connection is called usable, so that whoever waited for it finds its agents.
      const agents = withheld ? null : await readAgents(this.asking(held.id)).catch(() => null);
      const before = await this.connections.find(held.id);
      const ready = (row: ConnectionRow) => {
        row.ready(hello, agents);
        if (withheld) row.down({ ...withheld, nextAttemptAt: null });
      };
      const context = serviceContext('openclaw-bridge');
      const isOurs = await this.connections.update(this.claimed(held.id), context, ready);
      if (before?.bootId && before.bootId !== hello.bootId)
        this.logger.info({ connectionId: held.id, bootId: hello.bootId }, 'the gateway was restarted');
      if (!isOurs || withheld || held.hello !== hello) return;
      const link: Link = {
        connectionId: held.id,
        request: (method, params, timeoutMs) => this.request(held.id, method, { params, timeoutMs }),
      };
      await this.turns.connected(link);
      await this.approvals.connected(link);
      // What they are able to do is asked for when nobody waits any more.
      this.refreshLater(held);
    });
  }

  private onEvent(held: Held, event: GatewayEvent): void {
    this.events.handle(event);
    if (this.approvals.concerns(event)) this.write(held, () => this.approvals.handle(held.id, event));
    if (event.event === 'chat.metadata.changed') this.refreshLater(held);
  }

  private refreshLater({ id }: Held): void {
    void this.refreshAgents(id).catch((error: unknown) =>
      this.logger.info({ err: error, connectionId: id }, 'the agents were not read again'),
    );
  }

  private onGap(held: Held, gap: { expected: number; received: number }): void {
    this.logger.warn({ connectionId: held.id, ...gap }, 'frames of the gateway were lost');
    this.write(held, async () => {
      await this.turns.resynchronise(held.id);
      await this.connections.recordGap(held.id, serviceContext('openclaw-bridge'), gap);
    });
  }

  private onDown(held: Held, down: Down): void {
    held.hello = null;
    this.turns.disconnected(held.id);
    this.write(held, async () => {
      await this.connections.update(this.claimed(held.id), serviceContext('openclaw-bridge'), (row) =>
        row.down(down),
      );
    });
  }

  /** Stores what happened in the order it happened, and again while the database is away. */
  private write(held: Held, work: () => Promise<void>): void {
    void held.writes.add(async () => {
      while (this.isHeld(held)) {
        try {
          return await work();
        } catch (error) {
          this.logger.warn({ err: error, connectionId: held.id }, 'the state of a connection was not stored');
          if (!(error instanceof ContractFailure && error.code === 'unavailable')) return;
          await delay(RETRY_MS);
        }
      }
    });
  }

  private isHeld(held: Held): boolean {
    return this.held.get(held.id) === held;
  }
}
