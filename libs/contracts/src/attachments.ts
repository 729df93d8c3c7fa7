import { z } from 'zod';
import { chatErrors } from './chat-errors.js';
import { defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { FilePiece, MediaType } from './file-piece.js';
import { Id, Line, Nothing } from './schemas.js';

/** Most bytes one request carries, so that its text stays below a megabyte. */
export const ATTACHMENT_PIECE_BYTES = 512 * 1024;
/** No gateway takes more: whatever a message brings travels to it in one frame of at most 25 MiB. */
export const ATTACHMENT_BYTES_MAX = 25 * 1024 ** 2;
/** Most attachments of one message. */
export const ATTACHMENTS_MAX = 10;

/** What a gateway takes, in bytes before they are encoded; it may differ after each of its starts. */
export const AttachmentLimits = z
  .object({
    maxBytes: z.number().int().describe('Of one file.'),
    maxImageBytes: z.number().int().describe('Of one picture.'),
    maxTotalBytes: z.number().int().describe('Of all that one message brings.'),
  })
  .meta({ id: 'AttachmentLimits' });
export type AttachmentLimits = z.infer<typeof AttachmentLimits>;

const Name = Line(200).refine((name) => !/[/\\]/.test(name), 'must be a name, not a path');

/** A file that a message brings to its agent. Never changed; it goes with its chat. */
export const Attachment = z
  .object({
    id: Id,
    name: Name,
    mediaType: MediaType,
    bytes: z.number().int(),
    isPicture: z
      .boolean()
      .describe('Its content, not its name, says that it is PNG, JPEG, GIF or WebP, which browsers show.'),
  })
  .meta({ id: 'Attachment' });
export type Attachment = z.infer<typeof Attachment>;

const attachmentErrors = {
  attachment_not_found: {
    status: 404,
    title: 'There is no such attachment.',
    hint: 'Send the file again: what is not sent with a message is kept for an hour.',
  },
} as const;

/** What a message may be refused for that brings attachments. */
export const sendingErrors = {
  ...attachmentErrors,
  attachments_too_large: {
    status: 413,
    title: 'Together the attachments are larger than the gateway takes.',
    hint: 'Spread them over several messages; the limit is named in `detail`.',
  },
} as const;

export const attachmentRequests = {
  /**
   * One piece of a file for a message that is still to be written, in order from offset 0; with the last one it may be
   * sent. Every piece but the last is `ATTACHMENT_PIECE_BYTES` long. The sender chooses `attachmentId`, and a piece sent
   * twice is taken once.
   */
  putAttachment: defineRequest('req.openclaw.put-attachment.v1', {
    input: z.object({
      id: Id.describe('The chat.'),
      attachmentId: Id,
      name: Name,
      mediaType: MediaType,
      bytes: z.number().int().min(1).max(ATTACHMENT_BYTES_MAX).describe('Of the whole file.'),
      offset: z.number().int().min(0).max(ATTACHMENT_BYTES_MAX),
      content: z
        .base64()
        .min(1)
        .max(4 * Math.ceil(ATTACHMENT_PIECE_BYTES / 3)),
    }),
    output: z.object({
      attachment: Attachment.nullable().describe('Null until the last piece is there.'),
      nextOffset: z.number().int().describe('Where the next piece begins.'),
    }),
    errors: {
      ...chatErrors,
      attachment_too_large: {
        status: 413,
        title: "The file is larger than the agent's gateway takes.",
        hint: 'Send a smaller one; the limit is named in `detail`.',
      },
      attachment_corrupt: {
        status: 422,
        title: 'The pieces do not make what was announced.',
        hint: 'Send the file again from the first piece, under a new id.',
      },
      attachment_piece_missing: {
        status: 409,
        title: 'The piece before this one is not there.',
        hint: 'Send the pieces in order, from the offset that the last answer named, or from 0.',
      },
      attachment_id_taken: {
        status: 409,
        title: 'Another attachment has this id.',
        hint: 'Choose a new id for each file.',
      },
    },
    timeoutMs: 15_000,
  }),
  /** Takes back a file that was not sent yet. */
  deleteAttachment: defineRequest('req.openclaw.delete-attachment.v1', {
    input: z.object({ id: Id }),
    output: Nothing,
    errors: {
      ...attachmentErrors,
      attachment_sent: {
        status: 409,
        title: 'The attachment was sent with a message.',
        hint: 'It goes with its chat.',
      },
    },
  }),
  /** The content from `offset` on, as much of it as one answer carries; for those who see the chat. */
  readAttachment: defineRequest('req.openclaw.read-attachment.v1', {
    input: z.object({ id: Id, offset: z.number().int().min(0).max(ATTACHMENT_BYTES_MAX).default(0) }),
    output: FilePiece,
    errors: attachmentErrors,
    timeoutMs: 15_000,
  }),
};

export const attachmentRoutes = defineRoutes({
  'POST /api/v1/chats/{id}/attachments': {
    contract: attachmentRequests.putAttachment,
    access: 'chats:write',
    summary: 'Bring a file for the next message, piece after piece',
  },
  'DELETE /api/v1/attachments/{id}': {
    contract: attachmentRequests.deleteAttachment,
    access: 'chats:write',
    summary: 'Take back a file that was not sent yet',
  },
  'GET /api/v1/attachments/{id}/content': {
    contract: attachmentRequests.readAttachment,
    access: 'chats:read',
    summary: 'The attachment itself, to be shown or saved',
    file: true,
  },
});
