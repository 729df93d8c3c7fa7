import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ChatAttachments1764500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "attachment" (
        "id" uuid NOT NULL,
        "chat_id" uuid NOT NULL,
        "message_id" uuid,
        "name" text NOT NULL,
        "media_type" text NOT NULL,
        "is_picture" boolean NOT NULL,
        "bytes" integer NOT NULL,
        "received" integer NOT NULL,
        "sha256" text,
        "created_by" text NOT NULL,
        "touched_at" timestamptz NOT NULL,
        CONSTRAINT "PK_attachment" PRIMARY KEY ("id"));
      CREATE INDEX "IDX_attachment_chat" ON "attachment" ("chat_id");
      CREATE INDEX "IDX_attachment_unsent" ON "attachment" ("touched_at") WHERE (message_id IS NULL);
      CREATE TABLE "attachment_piece" (
        "attachment_id" uuid NOT NULL,
        "begins_at" integer NOT NULL,
        "content" bytea NOT NULL,
        CONSTRAINT "PK_attachment_piece" PRIMARY KEY ("attachment_id", "begins_at"),
        CONSTRAINT "FK_attachment_piece" FOREIGN KEY ("attachment_id") REFERENCES "attachment" ("id") ON DELETE CASCADE);
      ALTER TABLE "attachment_piece" ALTER "content" SET STORAGE EXTERNAL;
      ALTER TABLE "message" ADD "attachments" jsonb NOT NULL DEFAULT '[]';
      ALTER TABLE "message" ALTER "attachments" DROP DEFAULT;
      ALTER TABLE "connection" ADD "limits" jsonb;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "connection" DROP "limits";
      ALTER TABLE "message" DROP "attachments";
      DROP TABLE "attachment_piece", "attachment";
    `);
  }
}
