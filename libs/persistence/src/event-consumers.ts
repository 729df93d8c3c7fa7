import type { DataOf, EventContract } from '@aether/contracts/contract';
import type { DeadLetter, operationsRequests } from '@aether/contracts/operations';
import type { Durable } from '@aether/contracts/topology';
import { readEvent, type ConsumeOptions, type ReceivedEvent } from '@aether/messaging/events';
import { newId } from '@aether/messaging/id';
import type { Messaging } from '@aether/messaging/messaging';
import { readContext, toHeaders } from '@aether/messaging/headers';
import type { RequestHandlers } from '@aether/messaging/requests';
import type { Database, Transaction } from './database.js';
import { pageById } from './paging.js';
import { DeadLetterRow, InboxRow } from './tables.js';

/** Reacts to one event contract, in a transaction that also holds the inbox row. */
export interface EventHandler {
  readonly contract: EventContract;
  run(event: ReceivedEvent, transaction: Transaction): Promise<void>;
}

/** Ties a reaction to its contract; the data is checked before `react` sees it. */
export function onEvent<C extends EventContract>(
  contract: C,
  react: (data: DataOf<C>, transaction: Transaction) => Promise<void>,
): EventHandler {
  return { contract, run: (event, transaction) => react(readEvent(contract, event), transaction) };
}

type DeadLetterRequests = Pick<ReturnType<typeof operationsRequests>, 'listDeadLetters' | 'replayDeadLetter'>;

/** Durable consumers with effect once (inbox) and with nothing dropped (dead letters, replayable). */
export class EventConsumers {
  private readonly handlers = new Map<string, readonly EventHandler[]>();

  constructor(
    private readonly database: Database,
    private readonly messaging: Messaging,
  ) {}

  /** Declares a consumer of a durable of the topology. Boot stops when one of its events has no handler. */
  add(
    durable: Durable,
    handlers: readonly EventHandler[],
    options: Pick<ConsumeOptions, 'backoffMs' | 'giveUpRetryMs' | 'concurrency'> = {},
  ): void {
    for (const { subject } of durable.events)
      if (!handlers.some(({ contract }) => contract.subject === subject))
        throw new Error(`durable "${durable.name}" has no handler for "${subject}"`);
    this.handlers.set(durable.name, handlers);
    this.messaging.consume({
      ...options,
      durable,
      handle: (event) => this.handleOnce(durable.name, event),
      giveUp: (event, error) => this.bury(durable.name, event, error),
    });
  }

  /** Handlers of the dead-letter requests, to be spread into the service's map. */
  deadLetterHandlers(): RequestHandlers<DeadLetterRequests> {
    return {
      listDeadLetters: (query) =>
        this.database.read(async (manager) => {
          const page = await pageById(manager.createQueryBuilder(DeadLetterRow, 'row'), query);
          return { ...page, items: page.items.map(toDeadLetter) };
        }),
      replayDeadLetter: async ({ id }, context) => {
        const row = await this.database.read((manager) => manager.findOneBy(DeadLetterRow, { id }));
        if (!row) throw context.fail('dead_letter_not_found');
        try {
          await this.handleOnce(row.handler, revive(row));
        } catch (cause) {
          throw context.fail('dead_letter_failed_again', { detail: describe(cause), cause });
        }
        const replayedAt = new Date();
        await this.database.read((manager) => manager.update(DeadLetterRow, { id }, { replayedAt }));
        return toDeadLetter({ ...row, replayedAt });
      },
    };
  }

  private async handleOnce(durable: string, event: ReceivedEvent): Promise<void> {
    const handler = this.handlers.get(durable)?.find(({ contract }) => contract.subject === event.subject);
    if (!handler) throw new Error(`"${durable}" no longer handles "${event.subject}"`);
    await this.database.transaction(event.context, async (transaction) => {
      const inserted = await transaction.manager
        .createQueryBuilder()
        .insert()
        .into(InboxRow)
        .values({ eventId: event.id, handler: durable })
        .orIgnore()
        .returning('handler')
        .execute();
      if ((inserted.raw as unknown[]).length > 0) await handler.run(event, transaction);
    });
  }

  private async bury(handler: string, event: ReceivedEvent, error: unknown): Promise<void> {
    // An event whose burial was not acknowledged comes again; one dead letter is enough.
    await this.database.read((manager) =>
      manager
        .createQueryBuilder()
        .insert()
        .into(DeadLetterRow)
        .values({
          id: newId(),
          eventId: event.id,
          subject: event.subject,
          stream: event.stream,
          streamSeq: String(event.streamSeq),
          headers: event.headers,
          payload: (event.payload ?? null) as object,
          handler,
          error: describe(error),
          attempts: event.attempt,
        })
        .orIgnore()
        .execute(),
    );
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function revive(row: DeadLetterRow): ReceivedEvent {
  return {
    id: row.eventId,
    subject: row.subject,
    stream: row.stream,
    streamSeq: Number(row.streamSeq),
    headers: row.headers,
    payload: row.payload,
    attempt: row.attempts + 1,
    context: { ...readContext(toHeaders(row.headers)), causationId: row.eventId, idempotencyKey: null },
  };
}

function toDeadLetter(row: DeadLetterRow): DeadLetter {
  return {
    id: row.id,
    eventId: row.eventId,
    subject: row.subject,
    handler: row.handler,
    error: row.error,
    attempts: row.attempts,
    failedAt: row.failedAt.toISOString(),
    replayedAt: row.replayedAt?.toISOString() ?? null,
  };
}
