import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Approvals1764000300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "chat" ADD "permissions" text;
      CREATE TABLE "approval" (
        "id" uuid NOT NULL,
        "connection_id" uuid NOT NULL,
        "chat_id" uuid NOT NULL,
        "gateway_id" text NOT NULL,
        "command" text NOT NULL,
        "directory" text,
        "state" text NOT NULL,
        "decided_by" text,
        "created_at" timestamptz NOT NULL,
        "expires_at" timestamptz NOT NULL,
        "decided_at" timestamptz,
        CONSTRAINT "PK_approval" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_approval" ON "approval" ("connection_id", "gateway_id");
      CREATE INDEX "IDX_approval_chat" ON "approval" ("chat_id");
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "approval"; ALTER TABLE "chat" DROP COLUMN "permissions"`);
  }
}
