import { z } from 'zod';
import { defineEvent, defineLive, defineRequest } from './contract.js';
import { BackfillQuery, TextDelta, backfillOf, liveEntry } from './live.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Line, PageQuery, pageOf } from './schemas.js';
import { StateReason } from './mission-schemas.js';

/** A talk with Jason; he acts in it with the rights of the person he talks with, never with more. */
export const Conversation = z
  .object({
    id: Id,
    title: z.string(),
    missionId: Id.nullable().describe('The mission it is about, if it is about one.'),
    createdBy: z.string(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Conversation' });
export type Conversation = z.infer<typeof Conversation>;

/** Something Jason did, or tried to, while he answered. */
export const JasonAction = z
  .object({
    id: z.string(),
    name: z.string().describe('Name of the tool, such as `create_mission`.'),
    input: z.record(z.string(), z.unknown()),
    result: z.string().nullable().describe('What came of it; null while it is under way.'),
    isError: z.boolean(),
    missionId: Id.nullable().describe('The mission it made or changed.'),
  })
  .meta({ id: 'JasonAction' });
export type JasonAction = z.infer<typeof JasonAction>;

export const JasonMessageState = z.enum(['queued', 'streaming', 'complete', 'aborted', 'failed']);
export type JasonMessageState = z.infer<typeof JasonMessageState>;

export const JasonMessage = z
  .object({
    id: Id,
    conversationId: Id,
    seq: z.number().int().describe('Place in the conversation, from 1 without holes.'),
    role: z.enum(['user', 'jason']),
    text: z.string(),
    state: JasonMessageState,
    actions: z.array(JasonAction),
    demo: z.boolean().describe('Said by the demo model, which is not a language model.'),
    reason: StateReason.nullable().describe('Why it failed.'),
    createdAt: Instant,
    finishedAt: Instant.nullable(),
  })
  .meta({ id: 'JasonMessage' });
export type JasonMessage = z.infer<typeof JasonMessage>;

/** Applying a frame twice does no harm: every frame says where it belongs. */
export const JasonFrame = z
  .discriminatedUnion('kind', [
    /** A message was added or changed: replace it by `message.id`. */
    z.object({ kind: z.literal('message'), message: JasonMessage }),
    TextDelta,
  ])
  .meta({ id: 'JasonFrame' });
export type JasonFrame = z.infer<typeof JasonFrame>;

const conversationErrors = {
  conversation_not_found: {
    status: 404,
    title: 'There is no such conversation.',
    hint: 'List your conversations to find the right id.',
  },
} as const;

const ConversationRef = z.object({ id: Id });

export const jasonRequests = {
  createConversation: defineRequest('req.orchestrator.create-conversation.v1', {
    input: z.object({ title: Line(160).optional(), missionId: Id.nullable().default(null) }),
    output: Conversation,
  }),
  listConversations: defineRequest('req.orchestrator.list-conversations.v1', {
    input: PageQuery.extend({ missionId: Id.optional() }),
    output: pageOf(Conversation),
  }),
  getConversation: defineRequest('req.orchestrator.get-conversation.v1', {
    input: ConversationRef,
    output: Conversation,
    errors: conversationErrors,
  }),
  deleteConversation: defineRequest('req.orchestrator.delete-conversation.v1', {
    input: ConversationRef,
    output: Conversation,
    errors: conversationErrors,
  }),
  /** Stores what the person said and begins the answer. Answers with the stored words; Jason's stream. */
  sayToJason: defineRequest('req.orchestrator.say-to-jason.v1', {
    input: ConversationRef.extend({ text: z.string().trim().min(1).max(50_000) }),
    output: JasonMessage,
    errors: {
      ...conversationErrors,
      jason_busy: {
        status: 409,
        title: 'Jason is still answering.',
        hint: 'Wait for the end of his answer, or abort it.',
      },
    },
  }),
  abortJason: defineRequest('req.orchestrator.abort-jason.v1', {
    input: ConversationRef,
    output: z.object({ aborted: z.boolean() }),
    errors: conversationErrors,
  }),
  /** Newest first: the cursor leads to older ones. */
  listJasonMessages: defineRequest('req.orchestrator.list-jason-messages.v1', {
    input: PageQuery.extend({ id: Id.describe('The conversation.') }),
    output: pageOf(JasonMessage),
    errors: conversationErrors,
  }),
  /** Backfill of the topic. Cursor: `<seq>:<offset>`. */
  followConversation: defineRequest('req.orchestrator.follow-conversation.v1', {
    input: BackfillQuery,
    output: backfillOf(JasonFrame),
    errors: conversationErrors,
  }),
};

export const jasonEvents = {
  conversationCreated: defineEvent(
    'evt.orchestrator.conversation-created.v1',
    z.object({ conversationId: Id, missionId: Id.nullable() }),
  ),
  jasonAnswered: defineEvent(
    'evt.orchestrator.jason-answered.v1',
    z.object({ conversationId: Id, messageId: Id, state: JasonMessageState }),
  ),
};

export const jasonLive = {
  conversation: defineLive('live.orchestrator.conversation', liveEntry(JasonFrame)),
};

export const jasonRoutes = defineRoutes({
  'GET /api/v1/jason/conversations': {
    contract: jasonRequests.listConversations,
    access: 'missions:read',
    summary: 'My conversations with Jason, newest first',
  },
  'POST /api/v1/jason/conversations': {
    contract: jasonRequests.createConversation,
    access: 'missions:read',
    summary: 'Begin a conversation with Jason',
    status: 201,
  },
  'GET /api/v1/jason/conversations/{id}': {
    contract: jasonRequests.getConversation,
    access: 'missions:read',
    summary: 'One conversation',
  },
  'DELETE /api/v1/jason/conversations/{id}': {
    contract: jasonRequests.deleteConversation,
    access: 'missions:read',
    summary: 'Delete a conversation',
  },
  'GET /api/v1/jason/conversations/{id}/messages': {
    contract: jasonRequests.listJasonMessages,
    access: 'missions:read',
    summary: 'Messages of a conversation, newest first',
  },
  'POST /api/v1/jason/conversations/{id}/messages': {
    contract: jasonRequests.sayToJason,
    access: 'missions:read',
    summary: 'Say something to Jason; his answer streams on the live topic `jason/{id}`',
    status: 202,
  },
  'POST /api/v1/jason/conversations/{id}/abort': {
    contract: jasonRequests.abortJason,
    access: 'missions:read',
    summary: 'Abort the answer that is under way',
  },
});
