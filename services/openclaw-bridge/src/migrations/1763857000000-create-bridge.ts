import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateBridge1763857000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "connection" (
        "id" uuid NOT NULL,
        "deployment_id" uuid NOT NULL,
        "name" text NOT NULL,
        "url" text NOT NULL,
        "token_secret_id" uuid NOT NULL,
        "state" text NOT NULL,
        "reason" jsonb,
        "next_attempt_at" timestamptz,
        "gateway_version" text,
        "protocol" integer,
        "scopes" jsonb NOT NULL,
        "boot_id" text,
        "gaps" integer NOT NULL,
        "agents" jsonb NOT NULL,
        "version" integer NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_connection" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_connection_deployment" ON "connection" ("deployment_id");
      CREATE TABLE "probe" (
        "id" uuid NOT NULL,
        "connection_id" uuid NOT NULL,
        "report" jsonb NOT NULL,
        CONSTRAINT "PK_probe" PRIMARY KEY ("id"));
      CREATE INDEX "IDX_probe_connection" ON "probe" ("connection_id", "id");
      CREATE TABLE "chat" (
        "id" uuid NOT NULL,
        "connection_id" uuid NOT NULL,
        "deployment_id" uuid NOT NULL,
        "agent_id" text NOT NULL,
        "title" text NOT NULL,
        "last_seq" integer NOT NULL,
        "created_by" text NOT NULL,
        "created_at" timestamptz NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_chat" PRIMARY KEY ("id"));
      CREATE INDEX "IDX_chat_connection" ON "chat" ("connection_id");
      CREATE TABLE "message" (
        "id" uuid NOT NULL,
        "chat_id" uuid NOT NULL,
        "seq" integer NOT NULL,
        "role" text NOT NULL,
        "text" text NOT NULL,
        "state" text NOT NULL,
        "reply_to" uuid,
        "tool_calls" jsonb NOT NULL,
        "reason" jsonb,
        "sent_at" timestamptz,
        "abort_requested_at" timestamptz,
        "created_at" timestamptz NOT NULL,
        "finished_at" timestamptz,
        CONSTRAINT "PK_message" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_message_seq" ON "message" ("chat_id", "seq");
      CREATE UNIQUE INDEX "UQ_message_open_turn" ON "message" ("chat_id")
        WHERE ((role = 'assistant'::text) AND (state = ANY (ARRAY['queued'::text, 'sent'::text, 'streaming'::text])));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "message", "chat", "probe", "connection"`);
  }
}
