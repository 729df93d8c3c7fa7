import { z } from 'zod';
import { defineRequest } from './contract.js';
import { defineRoutes, type RouteSpec } from './route.js';
import { Id, Instant, Nothing, PageQuery, pageOf } from './schemas.js';

export const DeadLetter = z
  .object({
    id: Id,
    eventId: z.string(),
    subject: z.string(),
    handler: z.string(),
    error: z.string(),
    attempts: z.number().int(),
    failedAt: Instant,
    replayedAt: Instant.nullable(),
  })
  .meta({
    id: 'DeadLetter',
    description: 'An event that a consumer gave up on, kept until somebody replays it.',
  });
export type DeadLetter = z.infer<typeof DeadLetter>;

export const Health = z
  .object({
    ready: z.boolean(),
    checks: z.array(
      z.object({
        name: z.string(),
        ok: z.boolean(),
        detail: z.string().nullable().describe('What is wrong, or a figure such as the lag.'),
      }),
    ),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

export const Figure = z
  .object({
    name: z.string().regex(/^aether_[a-z_]+$/),
    help: z.string(),
    values: z.array(z.object({ labels: z.record(z.string(), z.string()), value: z.number() })),
  })
  .meta({
    id: 'Figure',
    description: 'A gauge in the words of Prometheus; units are the last word of its name.',
  });
export type Figure = z.infer<typeof Figure>;

/** What every service answers about its own running: its health, its figures, and the events it gave up on. */
export function operationsRequests<const O extends string>(owner: O) {
  return {
    getHealth: defineRequest(`req.${owner}.get-health.v1`, {
      input: Nothing,
      output: Health,
      timeoutMs: 2_000,
    }),
    /** Of the service as a whole, so that any of its instances may answer. */
    getFigures: defineRequest(`req.${owner}.get-figures.v1`, {
      input: Nothing,
      output: z.object({ figures: z.array(Figure) }),
      timeoutMs: 2_000,
    }),
    listDeadLetters: defineRequest(`req.${owner}.list-dead-letters.v1`, {
      input: PageQuery,
      output: pageOf(DeadLetter),
    }),
    replayDeadLetter: defineRequest(`req.${owner}.replay-dead-letter.v1`, {
      input: z.object({ id: Id }),
      output: DeadLetter,
      errors: {
        dead_letter_not_found: {
          status: 404,
          title: 'There is no such dead letter.',
          hint: 'List the dead letters of this service to find the right id.',
        },
        dead_letter_failed_again: {
          status: 422,
          title: 'The event failed again; it stays in the list.',
          hint: 'Mend what `detail` names, then replay it once more.',
        },
      },
    }),
  };
}

/** The routes to the dead letters, for administrators, under `/api/v1/system/<owner>`. */
export function operationsRoutes<const O extends string>(
  owner: O,
  requests: ReturnType<typeof operationsRequests<O>>,
) {
  const path = `/api/v1/system/${owner}/dead-letters` as const;
  return defineRoutes({
    [`GET ${path}`]: {
      contract: requests.listDeadLetters,
      access: 'system:read',
      summary: `Events that ${owner} gave up on`,
    },
    [`POST ${path}/{id}/replay`]: {
      contract: requests.replayDeadLetter,
      access: 'system:write',
      summary: `Handle one of the events that ${owner} gave up on again`,
    },
  } as {
    [K in `GET ${typeof path}`]: RouteSpec<typeof requests.listDeadLetters>;
  } & { [K in `POST ${typeof path}/{id}/replay`]: RouteSpec<typeof requests.replayDeadLetter> });
}
