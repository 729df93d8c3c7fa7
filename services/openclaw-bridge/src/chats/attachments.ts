import {
  ATTACHMENT_BYTES_MAX,
  ATTACHMENT_PIECE_BYTES,
  type AttachmentLimits,
} from '@aether/contracts/attachments';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { openclawRequests } from '@aether/contracts/openclaw';
import { personOf, requirePermission } from '@aether/messaging/access';
import type { Actor } from '@aether/messaging/context';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { ConnectionRepository } from '../connections/connection.repository.js';
import { CLOCK } from '../tokens.js';
import { AttachmentRow } from './attachment.entity.js';
import { AttachmentRepository } from './attachment.repository.js';
import { ChatRepository } from './chat.repository.js';
import { typeOf } from './picture-type.js';

type Requests = typeof openclawRequests;
type Put = Requests['putAttachment'];

/** What a gateway that names no limits is sent at most; it may still refuse. */
export const UNTOLD: AttachmentLimits = {
  maxBytes: ATTACHMENT_BYTES_MAX,
  maxImageBytes: ATTACHMENT_BYTES_MAX,
  maxTotalBytes: ATTACHMENT_BYTES_MAX,
};

/** Takes in the files that a message will bring, within the limits of its chat's gateway, and gives them back. */
@Injectable()
export class Attachments {
  constructor(
    private readonly database: Database,
    private readonly chats: ChatRepository,
    private readonly connections: ConnectionRepository,
    private readonly rows: AttachmentRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async put(input: InputOf<Put>, context: RequestContext<Put>): Promise<OutputOf<Put>> {
    requirePermission(context, 'chats:write');
    const chat = await this.chats.findFor(context.actor, input.id);
    if (!chat) throw context.fail('chat_not_found');
    const content = Buffer.from(input.content, 'base64');
    if (content.length !== Math.min(ATTACHMENT_PIECE_BYTES, input.bytes - input.offset))
      throw context.fail('attachment_corrupt', {
        detail: `Every piece but the last has ${ATTACHMENT_PIECE_BYTES} bytes, and the last what is left.`,
      });
    const type = typeOf(content, input.mediaType);
    const isImage = type.isPicture || input.mediaType.startsWith('image/');
    if (input.offset === 0)
      await this.expectFitting(chat.connectionId, { bytes: input.bytes, isImage }, context);
    return this.database.transaction(context, async (tx) => {
      const row =
        input.offset === 0
          ? await this.rows.begin(tx, this.fresh(input, { ...type, createdBy: personOf(context.actor) }))
          : await this.rows.lock(tx, input.attachmentId);
      if (!row) throw context.fail('attachment_piece_missing');
      const isSame = row.chatId === chat.id && row.createdBy === personOf(context.actor);
      if (!isSame || row.bytes !== input.bytes || row.name !== input.name)
        throw context.fail('attachment_id_taken');
      if (input.offset > row.received) throw context.fail('attachment_piece_missing');
      if (input.offset === row.received) await this.rows.append(tx, row, { content, at: this.clock.now() });
      return { attachment: row.received === row.bytes ? row.reply() : null, nextOffset: row.received };
    });
  }

  async remove(
    { id }: { id: string },
    context: RequestContext<Requests['deleteAttachment']>,
  ): Promise<Record<never, never>> {
    requirePermission(context, 'chats:write');
    const row = await this.rows.find(id);
    if (!row || !(await this.mayTouch(row, context.actor))) throw context.fail('attachment_not_found');
    if (!(await this.rows.dropUnsent(id))) throw context.fail('attachment_sent');
    return {};
  }

  async read(
    { id, offset }: InputOf<Requests['readAttachment']>,
    context: RequestContext<Requests['readAttachment']>,
  ): Promise<OutputOf<Requests['readAttachment']>> {
    const row = await this.rows.find(id);
    if (!row?.sha256 || !(await this.mayTouch(row, context.actor)))
      throw context.fail('attachment_not_found');
    const content = await this.rows.pieceAt(id, offset);
    if (!content) throw context.fail('attachment_not_found', { detail: `Nothing begins at ${offset}.` });
    const end = offset + content.length;
    const { name, mediaType, bytes, sha256 } = row;
    return {
      name,
      mediaType,
      bytes,
      sha256,
      content: content.toString('base64'),
      nextOffset: end < bytes ? end : null,
    };
  }

  /** What is sent is for all who see its chat; what is not sent yet, for the person who brought it. */
  private async mayTouch(row: AttachmentRow, actor: Actor): Promise<boolean> {
    if (row.messageId === null && row.createdBy !== personOf(actor)) return false;
    return (await this.chats.findFor(actor, row.chatId)) !== null;
  }

  private async expectFitting(
    connectionId: string,
    { bytes, isImage }: { bytes: number; isImage: boolean },
    context: RequestContext<Put>,
  ): Promise<void> {
    const limits = (await this.connections.find(connectionId))?.limits ?? UNTOLD;
    const max = isImage ? limits.maxImageBytes : Math.min(limits.maxBytes, limits.maxTotalBytes);
    if (bytes > max)
      throw context.fail('attachment_too_large', {
        detail: `It has ${bytes} bytes; the gateway takes ${max} of a ${isImage ? 'picture' : 'file'} at most.`,
      });
  }

  private fresh(
    { id: chatId, attachmentId, name, bytes }: InputOf<Put>,
    more: Pick<AttachmentRow, 'mediaType' | 'isPicture' | 'createdBy'>,
  ): AttachmentRow {
    return Object.assign(new AttachmentRow(), {
      id: attachmentId,
      chatId,
      messageId: null,
      name,
      bytes,
      received: 0,
      sha256: null,
      touchedAt: this.clock.now(),
      ...more,
    });
  }
}
