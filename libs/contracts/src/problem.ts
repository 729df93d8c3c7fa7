import { z } from 'zod';

/** Body of every error answer over HTTP (RFC 9457, `application/problem+json`). */
export const Problem = z
  .object({
    type: z.string().describe('Where this code is explained.'),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().describe('What happened in this case.'),
    instance: z.string().describe('Path of the request.'),
    code: z.string().describe('Stable code to match on.'),
    hint: z.string().describe('What can be done about it.'),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    retryAfterS: z
      .number()
      .optional()
      .describe('Seconds after which trying again makes sense; also Retry-After.'),
    correlationId: z.string().describe('Finds this request in the logs; also X-Correlation-Id.'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof Problem>;
