import { z } from 'zod';
import type { LiveContract, RequestContract } from './contract.js';
import type { Access } from './route.js';

/**
 * Answer of a backfill: what happened after `after`, oldest first. Each entry carries the cursor to resume
 * behind it. `cursor` is where the live stream is joined; `more` asks for another round from there.
 */
export const backfillOf = <D extends z.ZodType>(data: D) =>
  z.object({
    entries: z.array(z.object({ cursor: z.string(), data })),
    cursor: z.string(),
    more: z.boolean(),
  });

/** Input of a backfill: the thing's id and the last cursor seen; without one, from the beginning. */
export const BackfillQuery = z.object({ id: z.uuid(), after: z.string().max(64).optional() });

/** What a live publisher sends: the data and the cursor behind it. */
export const liveEntry = <D extends z.ZodType>(data: D) => z.object({ cursor: z.string(), data });

/** Text arrived: the message's text becomes `text.slice(0, offset) + delta`, so that applying it twice does no harm. */
export const TextDelta = z.object({
  kind: z.literal('delta'),
  messageId: z.uuid(),
  seq: z.number().int(),
  offset: z.number().int(),
  delta: z.string(),
});

/**
 * Who may see the thing has changed. The edge shows it to nobody: it ends every subscription, so that each reader asks
 * anew and the owner decides.
 */
export const AccessChange = z.object({ kind: z.literal('access') });

/** One delta and the cursor behind it. */
export interface LiveEntry {
  readonly cursor: string;
  readonly data: unknown;
}

/** One round of a backfill. */
interface Backfill {
  readonly entries: readonly LiveEntry[];
  readonly cursor: string;
  readonly more: boolean;
}

/** A topic a browser may follow on `/api/v1/live`. */
export interface LiveTopic {
  readonly access: Exclude<Access, 'public'>;
  readonly live: LiveContract<z.ZodType<LiveEntry>>;
  /** Asked first, so that a resumed reader misses nothing; input `BackfillQuery`, output `backfillOf(...)`. */
  readonly backfill: RequestContract<typeof BackfillQuery, z.ZodType<Backfill>>;
  readonly summary: string;
}
