import {
  ownerOf,
  streamOf,
  type Catalog,
  type CallInputOf,
  type DataOf,
  type LiveContract,
  type OutputOf,
  type RequestContract,
} from '@aether/contracts/contract';
import { commonFailure } from '@aether/contracts/failure';
import type { Durable } from '@aether/contracts/topology';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { connectNats, type ConnectionOptions, type ServerLimits } from './connection.js';
import type { Context } from './context.js';
import {
  EventPlane,
  isConsumerMissing,
  isStreamMissing,
  received,
  type ConsumeOptions,
  type OutgoingEvent,
  type ReceivedEvent,
} from './events.js';
import {
  InstanceGone,
  RequestServer,
  callRequest,
  type ReportFault,
  type RequestHandlers,
  type RequestLimits,
} from './requests.js';

export interface MessagingOptions extends ConnectionOptions {
  /** What this process owns on the bus; null for one that only asks. */
  readonly catalog: Catalog | null;
  readonly limits?: RequestLimits;
  /** Copies of the owner's stream in a NATS cluster. Default 1. */
  readonly streamReplicas?: number;
  /** Told once of each fault that is ours. */
  readonly reportFault: ReportFault;
}

/** Sequences of the oldest and the newest event a stream holds; an empty stream has `firstSeq` above `lastSeq`. */
export interface StreamRange {
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** Events of a durable that are still to be delivered, and those that were delivered and are not settled. */
export interface Backlog {
  readonly waiting: number;
  readonly unsettled: number;
}

/** An event read from its stream. */
export interface StreamEvent extends ReceivedEvent {
  readonly publishedAt: Date;
}

/** Stops following a live subject. */
export type Unfollow = () => void;

/**
 * The bus as one service sees it: typed requests, durable events, live deltas. Serving and consuming are
 * declared while the application starts and begin with `start`, so that no handler runs half-built.
 */
export class Messaging {
  private readonly server: RequestServer;
  /** With a bound of its own: instances that pass on to one another must not wait for each other's free handlers. */
  private readonly instanceServer: RequestServer;
  private readonly events: EventPlane;
  private readonly pending: (() => void)[] = [];
  private readonly served = new Set<string>();
  private readonly reconnectListeners = new Set<() => void>();
  private started = false;
  private connected = true;

  private constructor(
    private readonly connection: NatsConnection,
    readonly serverLimits: ServerLimits,
    private readonly options: MessagingOptions,
  ) {
    this.server = new RequestServer(connection, options.reportFault, options.limits);
    this.instanceServer = new RequestServer(connection, options.reportFault, options.limits);
    this.events = new EventPlane(connection, serverLimits, options.reportFault);
    void this.watchConnection();
  }

  /** Connects (see `connectNats`) and makes sure that the owner's stream exists. */
  static async connect(options: MessagingOptions): Promise<Messaging> {
    const { connection, limits } = await connectNats(options);
    const messaging = new Messaging(connection, limits, options);
    if (options.catalog && Object.keys(options.catalog.events).length > 0)
      await messaging.events.ensureStream(options.catalog.owner, options.streamReplicas);
    return messaging;
  }

  /** False while NATS is away; the client reconnects by itself. */
  get isConnected(): boolean {
    return this.connected;
  }

  /** Asks the owner of a contract. Throws `ContractFailure`, see `callRequest`. */
  async call<C extends RequestContract>(
    contract: C,
    input: CallInputOf<C>,
    context: Context,
  ): Promise<OutputOf<C>> {
    this.requireBus();
    return callRequest(this.connection, contract, { input, context });
  }

  /** Declares the handlers of a catalog's requests. A subject served twice stops the boot. */
  serve<R extends Readonly<Record<string, RequestContract>>>(
    requests: R,
    handlers: RequestHandlers<R>,
  ): void {
    for (const { subject } of Object.values(requests)) {
      if (this.served.has(subject)) throw new Error(`"${subject}" is served twice`);
      this.served.add(subject);
    }
    this.whenStarted(() => this.server.serve(requests, handlers));
  }

  /** Declares the handlers of requests that other instances of their owner pass on to this one. */
  serveInstance<R extends Readonly<Record<string, RequestContract>>>(
    instance: string,
    requests: R,
    handlers: RequestHandlers<R>,
  ): void {
    this.whenStarted(() => this.instanceServer.serve(requests, handlers, instance));
  }

  /**
   * Passes a request on to one instance of its owner, which this process is another of. Null where that instance is
   * not there: nothing was done then. Throws as `call` does.
   */
  async passOn<C extends RequestContract>(
    instance: string,
    contract: C,
    { input, context }: { input: CallInputOf<C>; context: Context },
  ): Promise<{ readonly output: OutputOf<C> } | null> {
    this.requireBus();
    try {
      return { output: await callRequest(this.connection, contract, { input, context, instance }) };
    } catch (error) {
      if (error instanceof InstanceGone) return null;
      throw error;
    }
  }

  /** Declares a durable consumer. Services use `EventConsumers` of the persistence library, which adds the inbox. */
  consume(options: ConsumeOptions): void {
    this.whenStarted(() => this.events.consume(options));
  }

  /** Publishes to the owner's stream, for the relay. Use cases write to the outbox instead. */
  async publish(event: OutgoingEvent): Promise<void> {
    await this.events.publish(event);
  }

  /**
   * Reads an owner's events in order from `fromSeq` on, those to come included, and leaves no durable behind: for
   * the edge. Goes on through outages until `signal` is given.
   */
  async *readEvents(owner: string, fromSeq: number, signal: AbortSignal): AsyncGenerator<StreamEvent> {
    const { consumers } = jetstream(this.connection, { checkAPI: false });
    const consumer = await consumers.get(streamOf(owner), { opt_start_seq: fromSeq });
    const messages = await consumer.consume();
    const stop = () => void messages.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      // Closing waits for the loop to end, so the loop must be entered in any case.
      if (signal.aborted) stop();
      for await (const message of messages) yield { ...received(message), publishedAt: message.time };
    } finally {
      signal.removeEventListener('abort', stop);
      await messages.close();
      // Where NATS is away, the server removes the idle consumer by itself.
      if (this.connected) await consumer.delete().catch(() => false);
    }
  }

  /** How much a durable has before it; null where it or its stream does not exist (yet). */
  async backlogOf({ name, events: [event] }: Durable): Promise<Backlog | null> {
    if (!event) return null;
    const manager = await jetstreamManager(this.connection, { checkAPI: false });
    try {
      const info = await manager.consumers.info(streamOf(ownerOf(event)), name);
      return { waiting: info.num_pending, unsettled: info.num_ack_pending };
    } catch (error) {
      if (isStreamMissing(error) || isConsumerMissing(error)) return null;
      throw error;
    }
  }

  /** First and last sequence an owner's stream holds; null where the stream does not exist (yet). */
  async streamRange(owner: string): Promise<StreamRange | null> {
    const manager = await jetstreamManager(this.connection, { checkAPI: false });
    try {
      const { state } = await manager.streams.info(streamOf(owner));
      return { firstSeq: state.first_seq, lastSeq: state.last_seq };
    } catch (error) {
      if (isStreamMissing(error)) return null;
      throw error;
    }
  }

  /** Calls `listener` after each reconnection: live deltas sent in between are gone. Returns what stops it. */
  onReconnect(listener: () => void): () => void {
    this.reconnectListeners.add(listener);
    return () => this.reconnectListeners.delete(listener);
  }

  /** Sends a delta to whoever follows `id` now. Never fails and never waits: rows hold the truth. */
  publishLive<C extends LiveContract>(contract: C, id: string, data: DataOf<C>): void {
    if (this.connection.isClosed()) return;
    this.connection.publish(`${contract.subject}.${id}`, JSON.stringify(data));
  }

  /** Calls `receive` with each valid delta of `id` until unfollowed. */
  followLive<C extends LiveContract>(contract: C, id: string, receive: (data: DataOf<C>) => void): Unfollow {
    const subject = `${contract.subject}.${id}`;
    const subscription = this.connection.subscribe(subject, {
      callback: (error, message) => {
        const data = error ? null : contract.data.safeParse(message.json());
        if (data?.success) receive(data.data as DataOf<C>);
        else this.options.reportFault(error ?? data?.error, { subject });
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Resolves when the server has seen everything sent before, such as a subscription. */
  async flush(): Promise<void> {
    await this.connection.flush();
  }

  /** Begins to serve and to consume what was declared. */
  start(): void {
    this.started = true;
    for (const begin of this.pending.splice(0)) begin();
  }

  /** Finishes accepted work, then closes the connection. Does nothing when it is closed. */
  async drain(): Promise<void> {
    if (this.connection.isClosed()) return;
    await Promise.all([this.server.drain(), this.instanceServer.drain(), this.events.drain()]);
    if (!this.connection.isClosed()) await this.connection.drain();
  }

  /** Sent later, when the caller has long been told that it failed, a request could still take effect. */
  private requireBus(): void {
    if (!this.connected)
      throw commonFailure('unavailable', { detail: 'The message bus is not reachable.', retryAfterS: 2 });
  }

  private whenStarted(begin: () => void): void {
    if (this.started) begin();
    else this.pending.push(begin);
  }

  private async watchConnection(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === 'disconnect') this.connected = false;
      if (type !== 'reconnect') continue;
      this.connected = true;
      for (const listener of this.reconnectListeners) listener();
    }
  }
}
