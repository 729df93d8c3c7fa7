import { createHash } from 'node:crypto';
import type {
  CallInputOf,
  DataOf,
  EventContract,
  OutputOf,
  RequestContract,
} from '@aether/contracts/contract';
import { ContractFailure, commonFailure } from '@aether/contracts/failure';
import type { Restricted } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';
import { contextPairs, visibilityPairs } from '@aether/messaging/headers';
import { newId } from '@aether/messaging/id';
import type { DataSource, EntityManager } from 'typeorm';
import { IdempotencyRow, OutboxRow } from './tables.js';

/** One transaction: its rows and the events that tell of them are committed together or not at all. */
export interface Transaction {
  readonly manager: EntityManager;
  readonly context: Context;
  /**
   * Writes an event to the outbox; the relay publishes it after the commit. One about a private thing names
   * whom it may be shown to, beside services and administrators.
   */
  publish<C extends EventContract>(
    this: void,
    contract: C,
    data: DataOf<C>,
    about?: Restricted,
  ): Promise<void>;
  /** Runs `work` once the transaction is committed, in the order of the calls; never where it is not. */
  afterCommit(this: void, work: () => void): void;
}

export interface OnceOptions {
  /** For replies that must not be stored (they hold a secret): what a repeat is answered instead. */
  readonly onRepeat?: () => ContractFailure;
}

/** A service's database. Every failure to reach it is `unavailable`, so that callers may try again. */
export class Database {
  constructor(
    readonly source: DataSource,
    private readonly wakeRelay: () => void,
  ) {}

  /** Reads without a transaction. */
  async read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return reachable(() => work(this.source.manager));
  }

  /** Runs `work` in one transaction and wakes the relay when it has published something. */
  async transaction<T>(context: Context, work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const committed: (() => void)[] = [];
    let published = false;
    const result = await reachable(() =>
      this.source.transaction((manager) =>
        work({
          manager,
          context,
          afterCommit: (next) => void committed.push(next),
          publish: async (contract, data, about) => {
            published = true;
            await manager.insert(OutboxRow, {
              id: newId(),
              subject: contract.subject,
              headers: { ...contextPairs(context), ...visibilityPairs(about) },
              payload: contract.data.parse(data) as object,
            });
          },
        }),
      ),
    );
    if (published) this.wakeRelay();
    for (const next of committed) next();
    return result;
  }

  /**
   * Runs `effect` in one transaction, once per idempotency key of the context: a repeat with the same input
   * gets the first reply, one with other input `idempotency_conflict`. Without a key it just runs.
   */
  async once<C extends RequestContract>(
    call: { contract: C; input: CallInputOf<C>; context: Context },
    effect: (transaction: Transaction) => Promise<OutputOf<C>>,
    options: OnceOptions = {},
  ): Promise<OutputOf<C>> {
    const { contract, input, context } = call;
    return this.transaction(context, async (transaction) => {
      if (context.idempotencyKey === null) return effect(transaction);
      const { manager } = transaction;
      const id = { actorId: context.actor.id, subject: contract.subject, key: context.idempotencyKey };
      const digest = createHash('sha256').update(JSON.stringify(input)).digest('base64url');
      // The insert waits for a transaction that holds the same key, so two at once cannot both take effect.
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(IdempotencyRow)
        .values({ ...id, digest })
        .orIgnore()
        .returning('key')
        .execute();
      if ((inserted.raw as unknown[]).length === 0) {
        const first = await manager.findOneByOrFail(IdempotencyRow, id);
        if (first.digest !== digest) throw commonFailure('idempotency_conflict');
        if (options.onRepeat) throw options.onRepeat();
        return contract.output.parse(first.reply) as OutputOf<C>;
      }
      const reply = await effect(transaction);
      if (!options.onRepeat) await manager.update(IdempotencyRow, id, { reply: reply as object });
      return reply;
    });
  }
}

/** Codes of PostgreSQL and of sockets that say "not there now" rather than "wrong". */
const UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|57P0[123]|08\w{3}|53300)$/;
const UNREACHABLE_WORDS =
  /Connection terminated|timeout exceeded when trying to connect|not queryable|Client has encountered a connection error|not currently accepting connections/;

async function reachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isUnreachable(error))
      throw commonFailure('unavailable', {
        detail: 'The database is not reachable.',
        retryAfterS: 2,
        cause: error,
      });
    throw error;
  }
}

function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ContractFailure) return false;
  const code = 'code' in error ? String(error.code) : '';
  return UNREACHABLE.test(code) || UNREACHABLE_WORDS.test(error.message);
}
