import { z } from 'zod';
import { chatErrors } from './chat-errors.js';
import { defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Line, PageQuery, pageOf } from './schemas.js';

/** A message that has all the words that were looked for. */
export const FoundMessage = z
  .object({
    id: Id,
    chatId: Id,
    chatTitle: z.string(),
    deploymentId: Id.describe("As of the chat's agent."),
    agentId: z.string(),
    seq: z.number().int().describe('Place in the chat, to begin to read at.'),
    role: z.enum(['user', 'assistant', 'system']),
    excerpt: z.string().describe('The text around the first word that was found, on one line.'),
    createdAt: Instant,
  })
  .meta({ id: 'FoundMessage' });
export type FoundMessage = z.infer<typeof FoundMessage>;

/** What separates words, here and where they are looked for: ASCII punctuation, so that parts of paths are found. */
const BETWEEN_WORDS = /[\s!-/:-@[-`{-~]+/u;

/** The words of a query or text, in small letters; each is found at the beginning of longer ones. */
export const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(BETWEEN_WORDS)
    .filter((word) => word !== '');

export const searchRequests = {
  /** Finished messages with all these words, newest first, in the chats that the caller may see. */
  searchMessages: defineRequest('req.openclaw.search-messages.v1', {
    input: PageQuery.extend({
      query: Line(200).refine((text) => wordsOf(text).length > 0, 'use a word'),
      chatId: Id.optional().describe('Of this chat alone.'),
      limit: z.coerce.number().int().min(1).max(50).default(20),
    }),
    output: pageOf(FoundMessage),
    errors: chatErrors,
    timeoutMs: 10_000,
  }),
};

export const searchRoutes = defineRoutes({
  'GET /api/v1/messages': {
    contract: searchRequests.searchMessages,
    access: 'chats:read',
    summary: 'Search the messages of chats',
  },
});
