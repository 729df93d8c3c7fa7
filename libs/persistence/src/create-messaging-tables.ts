import type { MigrationInterface, QueryRunner } from 'typeorm';

/** First migration of every service. Its name sorts before all others by the timestamp in it. */
export class CreateMessagingTables1700000000000 implements MigrationInterface {
  readonly name = 'CreateMessagingTables1700000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "outbox" (
        "id" uuid NOT NULL,
        "subject" text NOT NULL,
        "headers" jsonb NOT NULL,
        "payload" jsonb NOT NULL,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT "PK_outbox" PRIMARY KEY ("id"));
      CREATE TABLE "inbox" (
        "event_id" text NOT NULL,
        "handler" text NOT NULL,
        "handled_at" timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT "PK_inbox" PRIMARY KEY ("event_id", "handler"));
      CREATE TABLE "dead_letter" (
        "id" uuid NOT NULL,
        "event_id" text NOT NULL,
        "subject" text NOT NULL,
        "stream" text NOT NULL,
        "stream_seq" bigint NOT NULL,
        "headers" jsonb NOT NULL,
        "payload" jsonb,
        "handler" text NOT NULL,
        "error" text NOT NULL,
        "attempts" integer NOT NULL,
        "failed_at" timestamptz NOT NULL DEFAULT now(),
        "replayed_at" timestamptz,
        CONSTRAINT "PK_dead_letter" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_dead_letter_event_handler" ON "dead_letter" ("event_id", "handler");
      CREATE TABLE "idempotency" (
        "actor_id" text NOT NULL,
        "subject" text NOT NULL,
        "key" text NOT NULL,
        "digest" text NOT NULL,
        "reply" jsonb,
        "created_at" timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT "PK_idempotency" PRIMARY KEY ("actor_id", "subject", "key"));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "idempotency", "dead_letter", "inbox", "outbox"`);
  }
}
