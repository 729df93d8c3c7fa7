import { z } from 'zod';
import { Instant } from './schemas.js';

const Topic = z.string().min(1).max(200).describe('`chat/<id>`, `logs/<id>` or `events/<owner>`.');

/** What a client sends on `/api/v1/live`, one JSON text frame each. */
export const LiveClientFrame = z
  .discriminatedUnion('type', [
    /** Follows a topic behind the cursor `after`; following again starts over from there. */
    z.strictObject({ type: z.literal('subscribe'), topic: Topic, after: z.string().max(64).optional() }),
    z.strictObject({ type: z.literal('unsubscribe'), topic: Topic }),
    z.strictObject({ type: z.literal('ping') }),
  ])
  .meta({ id: 'LiveClientFrame' });
export type LiveClientFrame = z.infer<typeof LiveClientFrame>;

/** What the edge sends on `/api/v1/live`. */
export const LiveServerFrame = z
  .discriminatedUnion('type', [
    /** The topic is followed from `cursor` on; null means from its beginning. Frames come after this. */
    z.object({ type: z.literal('subscribed'), topic: Topic, cursor: z.string().nullable() }),
    z.object({
      type: z.literal('frame'),
      topic: Topic,
      seq: z.number().int().describe('Counts the frames of this subscription from 1, without holes.'),
      cursor: z.string().describe('Pass it as `after` to go on behind this frame.'),
      data: z.unknown(),
      correlationId: z.string().optional(),
    }),
    /**
     * The subscription has ended because frames may be missing. Subscribe again with the last cursor; after
     * `cursor-too-old` and `cursor-unknown` read the state anew and subscribe without one.
     */
    z.object({
      type: z.literal('resync'),
      topic: Topic,
      reason: z.enum([
        'slow-client',
        'bus-reconnected',
        'cursor-too-old',
        'cursor-unknown',
        'access-changed',
      ]),
    }),
    z.object({
      type: z.literal('error'),
      code: z.string(),
      detail: z.string(),
      hint: z.string(),
      topic: z.string().optional(),
    }),
    z.object({ type: z.literal('pong') }),
  ])
  .meta({ id: 'LiveServerFrame' });
export type LiveServerFrame = z.infer<typeof LiveServerFrame>;

/** `data` of a frame on a topic `events/<owner>`; the cursor is the place in the owner's stream. */
export const LiveEvent = z
  .object({
    id: z.string(),
    event: z.string().describe('Subject of the event, such as `evt.deployer.deployment-changed.v1`.'),
    at: Instant,
    actorId: z.string(),
    correlationId: z.string().optional().describe('Equal for everything that one request brought about.'),
    causationId: z
      .string()
      .optional()
      .describe('The event it is a direct effect of; absent for the first of a story.'),
    data: z.unknown().describe('As the contract of the event says.'),
  })
  .meta({ id: 'LiveEvent' });
export type LiveEvent = z.infer<typeof LiveEvent>;

/** Codes with which the edge closes a live socket. */
export const liveCloseCodes = {
  /** The token has expired, or the key was revoked: sign in (or refresh), then connect again. */
  sessionEnded: 4401,
  /** The edge stops: connect again after a moment. */
  goingAway: 1001,
  /** The client kept sending more than it may after it was told. */
  tooManyFrames: 4429,
} as const;
