import { ownerOf, streamOf, type DataOf, type EventContract } from '@aether/contracts/contract';
import type { Durable } from '@aether/contracts/topology';
import {
  AckPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  DeliverPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  jetstream,
  jetstreamManager,
  type ConsumerMessages,
  type JsMsg,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import PQueue from 'p-queue';
import type { ServerLimits } from './connection.js';
import { runInContext, type Context } from './context.js';
import { readContext, readTrace, toHeaders } from './headers.js';
import type { ReportFault } from './requests.js';
import { SpanKind, inSpan } from './tracing.js';

/** An event ready to be published: written to the outbox first, so the header pairs are kept there. */
export interface OutgoingEvent {
  /** Also `Nats-Msg-Id`: the stream keeps one of two with the same id. */
  readonly id: string;
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
}

/** An event as it came, not yet checked against a contract. */
export interface ReceivedEvent {
  readonly id: string;
  readonly subject: string;
  readonly stream: string;
  readonly streamSeq: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: unknown;
  /** 1 at the first delivery. */
  readonly attempt: number;
  /** The publisher's context, with this event as the cause of what its handling does. */
  readonly context: Context;
}

export interface ConsumeOptions {
  readonly durable: Durable;
  /** Does the work; a throw is a failed attempt. */
  readonly handle: (event: ReceivedEvent) => Promise<void>;
  /** Keeps what was given up on. A throw makes the event come again later: nothing is dropped. */
  readonly giveUp: (event: ReceivedEvent, error: unknown) => Promise<void>;
  /** Waits between attempts, in milliseconds; their number plus one is the number of attempts. */
  readonly backoffMs?: readonly number[];
  /** Wait before an event comes again that could not even be given up on. Default 30 000 ms. */
  readonly giveUpRetryMs?: number;
  /** Events handled at once. Default 8. */
  readonly concurrency?: number;
}

/** Thrown by a handler when trying again cannot help, as for data that does not fit its contract. */
export class UnreadableEvent extends Error {
  override readonly name = 'UnreadableEvent';
}

/** 1 s to 60 s: outlasts the restart of a database, not an evening. */
const BACKOFF_MS = [1_000, 5_000, 15_000, 60_000] as const;
const GIVE_UP_RETRY_MS = 30_000;
const ACK_WAIT_MS = 60_000;
const NANOS = 1_000_000;

/** Checks an event's data. Throws `UnreadableEvent` naming the faults. */
export function readEvent<C extends EventContract>(contract: C, event: ReceivedEvent): DataOf<C> {
  const data = contract.data.safeParse(event.payload);
  if (data.success) return data.data as DataOf<C>;
  throw new UnreadableEvent(`${event.subject} does not fit its contract`, { cause: data.error });
}

/** The durable plane: an owner's stream, publishing to it, and durable consumers of other owners' streams. */
export class EventPlane {
  private readonly running = new Set<ConsumerMessages>();
  private readonly loops: Promise<void>[] = [];
  private closing = false;

  constructor(
    private readonly connection: NatsConnection,
    private readonly limits: ServerLimits,
    private readonly reportFault: ReportFault,
  ) {}

  /** Creates the owner's stream, or brings it to these settings. Events are kept 30 days, 1 GiB at most. */
  async ensureStream(owner: string, replicas = 1): Promise<void> {
    const manager = await jetstreamManager(this.connection, { checkAPI: false });
    const config = {
      name: streamOf(owner),
      subjects: [`evt.${owner}.>`],
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      discard: DiscardPolicy.Old,
      max_age: 30 * 24 * 3_600_000 * NANOS,
      max_bytes: 1024 ** 3,
      duplicate_window: 10 * 60_000 * NANOS,
      num_replicas: replicas,
      allow_direct: true,
    };
    try {
      await manager.streams.add(config);
    } catch {
      await manager.streams.update(config.name, config);
    }
  }

  /** Publishes one event and waits until the stream has it. Safe to repeat with the same id. */
  async publish(event: OutgoingEvent): Promise<void> {
    await jetstream(this.connection).publish(event.subject, JSON.stringify(event.payload), {
      msgID: event.id,
      headers: toHeaders(event.headers),
      timeout: 5_000,
    });
  }

  /**
   * Handles events at least once, shared by all instances of the service. Starts as soon as the stream
   * exists and goes on through outages until `drain`.
   */
  consume(options: ConsumeOptions): void {
    this.loops.push(this.consumeUntilClosed(options));
  }

  private async consumeUntilClosed(options: ConsumeOptions): Promise<void> {
    const queue = new PQueue({ concurrency: options.concurrency ?? 8 });
    while (!this.closing) {
      try {
        await this.consumeUntilLost(options, queue);
      } catch (error) {
        // The owner may start later than its consumers, and NATS may be away: neither is a reason to stop.
        const early = isStreamMissing(error);
        if (!this.closing && !early) this.reportFault(error, { subject: options.durable.name });
      }
      if (!this.closing) await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await queue.onIdle();
  }

  private async consumeUntilLost(options: ConsumeOptions, queue: PQueue): Promise<void> {
    const messages = await this.open(options);
    this.running.add(messages);
    if (this.closing) void messages.close();
    try {
      for await (const message of messages) {
        await queue.onSizeLessThan(1);
        void queue.add(() => this.settle(message, options));
      }
    } finally {
      this.running.delete(messages);
    }
  }

  private async open({ durable, concurrency = 8 }: ConsumeOptions): Promise<ConsumerMessages> {
    const subjects = durable.events.map((event) => event.subject);
    const [first] = durable.events;
    if (!first) throw new Error(`durable "${durable.name}" names no event`);
    const stream = streamOf(ownerOf(first));
    const manager = await jetstreamManager(this.connection, { checkAPI: false });
    const filter =
      subjects.length === 1
        ? { filter_subject: first.subject }
        : this.limits.severalFilters
          ? { filter_subjects: subjects }
          : { filter_subject: `evt.${ownerOf(first)}.>` };
    const config = {
      durable_name: durable.name,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: ACK_WAIT_MS * NANOS,
      max_ack_pending: concurrency * 4,
      ...filter,
    };
    await manager.consumers.add(stream, config).catch((error: unknown) => {
      if (isStreamMissing(error)) throw error;
      return manager.consumers.update(stream, durable.name, config);
    });
    const consumer = await jetstream(this.connection, { checkAPI: false }).consumers.get(
      stream,
      durable.name,
    );
    return consumer.consume({ max_messages: concurrency * 2 });
  }

  private async settle(message: JsMsg, options: ConsumeOptions): Promise<void> {
    const backoff = options.backoffMs ?? BACKOFF_MS;
    const event = received(message);
    // An older server cannot filter by several subjects: what was not asked for is passed over here.
    if (!options.durable.events.some(({ subject }) => subject === event.subject)) return message.ack();
    try {
      await inSpan(
        `handle ${event.subject}`,
        { kind: SpanKind.CONSUMER, parent: readTrace(message.headers) },
        () => runInContext(event.context, () => options.handle(event)),
      );
      message.ack();
    } catch (error) {
      const wait = backoff[event.attempt - 1];
      if (wait !== undefined && !(error instanceof UnreadableEvent)) return message.nak(wait);
      this.reportFault(error, event);
      await options.giveUp(event, error).then(
        () => message.ack(),
        (cause: unknown) => {
          this.reportFault(cause, event);
          message.nak(options.giveUpRetryMs ?? GIVE_UP_RETRY_MS);
        },
      );
    }
  }

  /** Takes no new event, and returns when those being handled are settled. */
  async drain(): Promise<void> {
    this.closing = true;
    await Promise.all([...this.running].map((messages) => messages.close()));
    await Promise.all(this.loops);
  }
}

/** True where a JetStream call failed because its stream does not exist (yet). */
export function isStreamMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === Number(JetStreamApiCodes.StreamNotFound);
}

/** True where a durable does not exist (yet). */
export function isConsumerMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === Number(JetStreamApiCodes.ConsumerNotFound);
}

/** A stream message as an event. A payload that is not JSON becomes undefined, which no contract accepts. */
export function received(message: JsMsg): ReceivedEvent {
  const headers: Record<string, string> = {};
  for (const name of message.headers?.keys() ?? []) headers[name] = message.headers?.get(name) ?? '';
  const id = headers['Nats-Msg-Id'] ?? `${message.info.stream}:${message.seq}`;
  let payload: unknown;
  try {
    payload = message.json();
  } catch {
    payload = undefined;
  }
  return {
    id,
    subject: message.subject,
    stream: message.info.stream,
    streamSeq: message.seq,
    headers,
    payload,
    attempt: message.info.deliveryCount,
    context: { ...readContext(message.headers), causationId: id, idempotencyKey: null },
  };
}
