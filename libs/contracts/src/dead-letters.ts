import { z } from 'zod';
import { defineRequest } from './contract.js';
import { defineRoutes, type RouteSpec } from './route.js';
import { Id, Instant, PageQuery, pageOf } from './schemas.js';

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
  .meta({ id: 'DeadLetter', description: 'An event that a consumer gave up on, kept until somebody replays it.' });
export type DeadLetter = z.infer<typeof DeadLetter>;

/** The two requests every service with a database answers, so that no failed event is out of reach. */
export function deadLetterRequests<const O extends string>(owner: O) {
  return {
    listDeadLetters: defineRequest(`req.${owner}.list-dead-letters.v1`, { input: PageQuery, output: pageOf(DeadLetter) }),
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

/** The routes to them, for administrators, under `/api/v1/system/<owner>`. */
export function deadLetterRoutes<const O extends string>(
  owner: O,
  requests: ReturnType<typeof deadLetterRequests<O>>,
) {
  const path = `/api/v1/system/${owner}/dead-letters` as const;
  return defineRoutes({
    [`GET ${path}`]: {
      contract: requests.listDeadLetters,
      access: 'admin',
      summary: `Events that ${owner} gave up on`,
    },
    [`POST ${path}/{id}/replay`]: {
      contract: requests.replayDeadLetter,
      access: 'admin',
      summary: `Handle one of the events that ${owner} gave up on again`,
    },
  } as {
    [K in `GET ${typeof path}`]: RouteSpec<typeof requests.listDeadLetters>;
  } & { [K in `POST ${typeof path}/{id}/replay`]: RouteSpec<typeof requests.replayDeadLetter> });
}
