import { z } from 'zod';
import { Agent, agentErrors, agentRequests, agentRoutes } from './agents.js';
import {
  Attachment,
  ATTACHMENTS_MAX,
  attachmentRequests,
  attachmentRoutes,
  sendingErrors,
} from './attachments.js';
import { approvalEvents, approvalRequests, approvalRoutes } from './approvals.js';
import { chatErrors } from './chat-errors.js';
import { searchRequests, searchRoutes } from './chat-search.js';
import {
  Connection,
  ConnectionState,
  GatewayAuth,
  Pairing,
  ProbeReport,
  Reason,
  awayErrors,
  connectionsRequests,
  connectionsRoutes,
} from './connections.js';
import { defineCatalog, defineEvent, defineLive, defineRequest } from './contract.js';
import { operationsRequests, operationsRoutes } from './operations.js';
import { AccessChange, BackfillQuery, TextDelta, backfillOf, liveEntry } from './live.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Line, PageQuery, Visibility, pageOf } from './schemas.js';
import { GatewayCall } from './usage-checks.js';

export { Agent, Attachment, Connection, ConnectionState, GatewayAuth, Pairing, ProbeReport, Reason };

export const Chat = z
  .object({
    id: Id,
    connectionId: Id,
    deploymentId: Id.describe('As of its agent.'),
    agentId: z.string(),
    title: z.string(),
    createdBy: z.string(),
    visibility: Visibility.default('open'),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Chat' });
export type Chat = z.infer<typeof Chat>;

/** `guarded`: the agent asks before it runs a command, and writes only where it works. `full`: it does neither. */
export const Permissions = z.enum(['full', 'guarded']);
export type Permissions = z.infer<typeof Permissions>;

export const ToolCall = z.object({
  id: z.string(),
  name: z.string(),
  args: z.unknown().optional(),
  result: z.string().nullable(),
  isError: z.boolean(),
});
export type ToolCall = z.infer<typeof ToolCall>;

export const MessageState = z.enum(['queued', 'sent', 'streaming', 'complete', 'aborted', 'failed']);
export type MessageState = z.infer<typeof MessageState>;

export const Message = z
  .object({
    id: Id,
    chatId: Id,
    seq: z.number().int().describe('Place in the chat, from 1 without holes.'),
    role: z.enum(['user', 'assistant', 'system']),
    text: z.string(),
    state: MessageState,
    replyTo: Id.nullable().describe('Of an assistant message: the user message it answers.'),
    toolCalls: z.array(ToolCall),
    attachments: z.array(Attachment).default([]),
    reason: Reason.nullable().describe('Why it failed, or what it waits for.'),
    createdAt: Instant,
    finishedAt: Instant.nullable(),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof Message>;

/** What a chat screen is told. Applying a frame twice does no harm: every frame says where it belongs. */
export const ChatFrame = z
  .discriminatedUnion('kind', [
    /** A message was added or changed: replace it by `message.id`. */
    z.object({ kind: z.literal('message'), message: Message }),
    TextDelta,
    /** What the agent does while there is no text yet. */
    z.object({ kind: z.literal('status'), messageId: Id, seq: z.number().int(), phase: z.string() }),
    z.object({ kind: z.literal('tool'), messageId: Id, seq: z.number().int(), toolCall: ToolCall }),
    AccessChange,
  ])
  .meta({ id: 'ChatFrame' });
export type ChatFrame = z.infer<typeof ChatFrame>;

const Place = z.coerce.number().int().min(1).max(1_000_000_000);

export const openclawRequests = {
  /** Full-protocol probe of a gateway: HTTP, handshake, scopes, one call. Answers a report even when it fails. */
  probeGateway: defineRequest('req.openclaw.probe-gateway.v1', {
    input: z.object({ deploymentId: Id, url: z.url(), tokenSecretId: Id, connectionId: Id.optional() }),
    output: ProbeReport,
    timeoutMs: 30_000,
  }),
  /** Opens (or re-opens with a new address) the persistent connection of a deployment. */
  openConnection: defineRequest('req.openclaw.open-connection.v1', {
    input: z.object({
      deploymentId: Id,
      name: Line(80),
      url: z.url(),
      tokenSecretId: Id,
      createdBy: z.string().optional().describe("As the deployment's; where absent, who asks."),
      visibility: Visibility.default('open').describe("As the deployment's."),
    }),
    output: Connection,
  }),
  /**
   * Closes a deployment's connection; with `remove` its chats go as well. Closing twice is fine. With `drain` turns that
   * run are let end first: no further one is begun, `running` tells how many there are, and while that is not 0 the
   * connection stays open and is to be asked about again.
   */
  closeConnection: defineRequest('req.openclaw.close-connection.v1', {
    input: z.object({
      deploymentId: Id,
      drain: z.boolean().default(false),
      remove: z.boolean().default(false),
    }),
    output: z.object({ closed: z.boolean(), running: z.int().min(0) }),
  }),
  ...connectionsRequests,
  ...agentRequests,
  createChat: defineRequest('req.openclaw.create-chat.v1', {
    input: z.object({
      deploymentId: Id,
      agentId: z.string().min(1).max(120).optional(),
      title: Line(200).optional(),
      directory: z
        .string()
        .startsWith('/')
        .max(4_096)
        .optional()
        .describe(
          "Of services only: where the agent works, a directory at this path on the gateway's machine.",
        ),
      permissions: Permissions.optional().describe("Of services only; the gateway's own where absent."),
      missionId: Id.optional().describe('Of services only: the mission that its model calls count for.'),
      visibility: Visibility.optional().describe('Where absent: private to the person who opens it.'),
      createdBy: z.string().max(120).optional().describe('Of services only: the person whose chat it is.'),
    }),
    output: Chat,
    errors: agentErrors,
  }),
  listChats: defineRequest('req.openclaw.list-chats.v1', {
    input: PageQuery.extend({ deploymentId: Id.optional() }),
    output: pageOf(Chat),
  }),
  getChat: defineRequest('req.openclaw.get-chat.v1', {
    input: z.object({ id: Id }),
    output: Chat,
    errors: chatErrors,
  }),
  /** Who sees it is said by the person whose chat it is, and by administrators. */
  updateChat: defineRequest('req.openclaw.update-chat.v1', {
    input: z.object({ id: Id, title: Line(200).optional(), visibility: Visibility.optional() }),
    output: Chat,
    errors: chatErrors,
  }),
  deleteChat: defineRequest('req.openclaw.delete-chat.v1', {
    input: z.object({ id: Id }),
    output: Chat,
    errors: chatErrors,
  }),
  /** Messages of a chat, newest first: the cursor leads to older ones; with `from`, oldest first and on to newer ones. */
  listMessages: defineRequest('req.openclaw.list-messages.v1', {
    input: PageQuery.extend({
      id: Id,
      upTo: Place.optional().describe('Begin with the message of this number.'),
      from: Place.optional().describe('Begin with the message of this number, oldest first.'),
    }),
    output: pageOf(Message),
    errors: chatErrors,
  }),
  /** Stores the message and starts the turn. Answers with the stored user message; the reply streams. */
  sendMessage: defineRequest('req.openclaw.send-message.v1', {
    input: z.object({
      id: Id.describe('The chat.'),
      text: z.string().trim().max(200_000).describe('Empty only where attachments come with it.'),
      attachmentIds: z
        .array(Id)
        .max(ATTACHMENTS_MAX)
        .default([])
        .describe('Of files that were brought for this chat and not sent yet.'),
      messageId: Id.optional().describe(
        "Of services only: the message's id, which is the turn's idempotency key at the gateway.",
      ),
    }),
    output: Message,
    errors: {
      ...chatErrors,
      ...sendingErrors,
      turn_running: {
        status: 409,
        title: 'The agent is still answering the message before.',
        hint: 'Wait for its end, or abort it.',
      },
    },
  }),
  /** What the turns of a chat have used so far, by the gateway's own record of its model calls. */
  getChatUsage: defineRequest('req.openclaw.get-chat-usage.v1', {
    input: z.object({ id: Id }),
    output: z.object({ tokens: z.number().int(), costUsd: z.number() }),
    errors: {
      ...chatErrors,
      ...awayErrors,
    },
  }),
  /** The gateway's own record of the model calls of a chat, oldest first. */
  listGatewayCalls: defineRequest('req.openclaw.list-gateway-calls.v1', {
    input: z.object({ id: Id.describe('The chat.') }),
    output: z.object({
      deploymentId: Id,
      session: z.string().nullable().describe('As the gateway names it to the model endpoint.'),
      running: z.boolean().describe('A turn runs, so the record is not complete yet.'),
      since: Instant.nullable().describe('Older rows are not there any more; null where it is whole.'),
      calls: z.array(GatewayCall),
    }),
    errors: { ...chatErrors, ...awayErrors },
    timeoutMs: 20_000,
  }),
  abortTurn: defineRequest('req.openclaw.abort-turn.v1', {
    input: z.object({ id: Id.describe('The chat.') }),
    output: z.object({ aborted: z.boolean() }),
    errors: chatErrors,
  }),
  /** Backfill of the chat topic. Cursor: `<seq>:<offset>`, the row and how much of its text was seen. */
  followChat: defineRequest('req.openclaw.follow-chat.v1', {
    input: BackfillQuery,
    output: backfillOf(ChatFrame),
    errors: chatErrors,
  }),
  ...attachmentRequests,
  ...searchRequests,
  ...approvalRequests,
  ...operationsRequests('openclaw'),
};

export const openclawEvents = {
  connectionChanged: defineEvent('evt.openclaw.connection-changed.v1', z.object({ connection: Connection })),
  gapFilled: defineEvent(
    'evt.openclaw.gap-filled.v1',
    z.object({ connectionId: Id, expectedSeq: z.number().int(), receivedSeq: z.number().int() }),
  ),
  chatCreated: defineEvent('evt.openclaw.chat-created.v1', z.object({ chat: Chat })),
  chatChanged: defineEvent('evt.openclaw.chat-changed.v1', z.object({ chat: Chat })),
  chatDeleted: defineEvent('evt.openclaw.chat-deleted.v1', z.object({ chatId: Id })),
  messageStored: defineEvent('evt.openclaw.message-stored.v1', z.object({ message: Message })),
  messageFinished: defineEvent('evt.openclaw.message-finished.v1', z.object({ message: Message })),
  /** A tool has answered. Bounded as in messages. */
  toolFinished: defineEvent(
    'evt.openclaw.tool-finished.v1',
    z.object({ chatId: Id, messageId: Id, toolCall: ToolCall }),
  ),
  ...approvalEvents,
};

export const openclawLive = {
  chat: defineLive('live.openclaw.chat', liveEntry(ChatFrame)),
};

export const openclawCatalog = defineCatalog({
  owner: 'openclaw',
  requests: openclawRequests,
  events: openclawEvents,
  live: openclawLive,
});

export const openclawRoutes = defineRoutes({
  ...agentRoutes,
  ...connectionsRoutes,
  'GET /api/v1/chats': { contract: openclawRequests.listChats, access: 'chats:read', summary: 'List chats' },
  'POST /api/v1/chats': {
    contract: openclawRequests.createChat,
    access: 'chats:write',
    summary: 'Open a chat with an agent',
    status: 201,
  },
  'GET /api/v1/chats/{id}': { contract: openclawRequests.getChat, access: 'chats:read', summary: 'One chat' },
  'PATCH /api/v1/chats/{id}': {
    contract: openclawRequests.updateChat,
    access: 'chats:write',
    summary: 'Rename a chat, or say who sees it',
  },
  'DELETE /api/v1/chats/{id}': {
    contract: openclawRequests.deleteChat,
    access: 'chats:write',
    summary: 'Delete a chat here and in its gateway',
  },
  'GET /api/v1/chats/{id}/messages': {
    contract: openclawRequests.listMessages,
    access: 'chats:read',
    summary: 'Messages of a chat, newest first',
  },
  'POST /api/v1/chats/{id}/messages': {
    contract: openclawRequests.sendMessage,
    access: 'chats:write',
    summary: 'Send a message; the reply streams on the live topic `chat/{id}`',
    status: 202,
  },
  'POST /api/v1/chats/{id}/abort': {
    contract: openclawRequests.abortTurn,
    access: 'chats:write',
    summary: 'Abort the running turn',
  },
  ...attachmentRoutes,
  ...searchRoutes,
  ...approvalRoutes,
  ...operationsRoutes('openclaw', openclawRequests),
});
