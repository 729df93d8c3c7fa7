import { createHash } from 'node:crypto';
import type { Attachment } from '@aether/contracts/openclaw';
import { Database, type Transaction } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { In, IsNull, LessThan } from 'typeorm';
import { AttachmentPieceRow, AttachmentRow } from './attachment.entity.js';

/** The files that messages bring, in pieces as they came. */
@Injectable()
export class AttachmentRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<AttachmentRow | null> {
    return this.database.read((manager) => manager.findOneBy(AttachmentRow, { id }));
  }

  /** The row of a file of which the first piece comes, or has come before. */
  async begin({ manager }: Transaction, row: AttachmentRow): Promise<AttachmentRow> {
    await manager.createQueryBuilder().insert().into(AttachmentRow).values(row).orIgnore().execute();
    return (await this.lock({ manager }, row.id)) ?? row;
  }

  async lock({ manager }: Pick<Transaction, 'manager'>, id: string): Promise<AttachmentRow | null> {
    return manager.findOne(AttachmentRow, { where: { id }, lock: { mode: 'pessimistic_write' } });
  }

  /** Keeps the next piece of a locked row; with the last one it knows the digest of the whole. */
  async append(
    { manager }: Transaction,
    row: AttachmentRow,
    { content, at }: { content: Buffer; at: Date },
  ): Promise<void> {
    const piece = { attachmentId: row.id, beginsAt: row.received, content };
    await manager.insert(AttachmentPieceRow, piece);
    row.received += content.length;
    row.touchedAt = at;
    if (row.received === row.bytes) {
      const hash = createHash('sha256');
      const where = { attachmentId: row.id };
      for (const { content: part } of await manager.find(AttachmentPieceRow, {
        where,
        order: { beginsAt: 'ASC' },
      }))
        hash.update(part);
      row.sha256 = hash.digest('hex');
    }
    await manager.save(row);
  }

  /** The piece that this place is in, as it came. */
  async pieceAt(attachmentId: string, beginsAt: number): Promise<Buffer | null> {
    const piece = await this.database.read((manager) =>
      manager.findOneBy(AttachmentPieceRow, { attachmentId, beginsAt }),
    );
    return piece?.content ?? null;
  }

  /** Locks the files that a message is about to bring, in the order they are named; null where one is not there. */
  async unsent(
    { manager }: Transaction,
    ids: readonly string[],
    { chatId, createdBy }: { chatId: string; createdBy: string },
  ): Promise<AttachmentRow[] | null> {
    const rows = await manager.find(AttachmentRow, {
      where: { id: In([...ids]), chatId, createdBy, messageId: IsNull() },
      order: { id: 'ASC' },
      lock: { mode: 'pessimistic_write' },
    });
    const named = ids.map((id) => rows.find((row) => row.id === id));
    return named.every((row) => row !== undefined && row.received === row.bytes)
      ? (named as AttachmentRow[])
      : null;
  }

  async markSent({ manager }: Transaction, ids: readonly string[], messageId: string): Promise<void> {
    if (ids.length > 0) await manager.update(AttachmentRow, { id: In([...ids]) }, { messageId });
  }

  /** Contents in base64, as a gateway is sent them. */
  async contents(attachments: readonly Attachment[]): Promise<{ attachment: Attachment; content: string }[]> {
    const read: { attachment: Attachment; content: string }[] = [];
    for (const attachment of attachments) {
      const pieces = await this.database.read((manager) =>
        manager.find(AttachmentPieceRow, {
          where: { attachmentId: attachment.id },
          order: { beginsAt: 'ASC' },
        }),
      );
      read.push({
        attachment,
        content: Buffer.concat(pieces.map((piece) => piece.content)).toString('base64'),
      });
    }
    return read;
  }

  /** False where it is not there, or was sent. */
  async dropUnsent(id: string): Promise<boolean> {
    const result = await this.database.read((manager) =>
      manager.delete(AttachmentRow, { id, messageId: IsNull() }),
    );
    return result.affected === 1;
  }

  /** Drops the files of which nothing has come since, and that were not sent. */
  async dropAbandoned(since: Date): Promise<void> {
    await this.database.read((manager) =>
      manager.delete(AttachmentRow, { messageId: IsNull(), touchedAt: LessThan(since) }),
    );
  }
}
