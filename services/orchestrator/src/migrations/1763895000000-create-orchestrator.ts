import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOrchestrator1763895000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "conversation" (
        "id" uuid NOT NULL,
        "title" text NOT NULL,
        "mission_id" uuid,
        "last_seq" integer NOT NULL,
        "created_by" text NOT NULL,
        "created_at" timestamptz NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_conversation" PRIMARY KEY ("id"));
      CREATE INDEX "IDX_conversation_person" ON "conversation" ("created_by", "id");
      CREATE TABLE "jason_message" (
        "id" uuid NOT NULL,
        "conversation_id" uuid NOT NULL,
        "seq" integer NOT NULL,
        "role" text NOT NULL,
        "text" text NOT NULL,
        "state" text NOT NULL,
        "actions" jsonb NOT NULL,
        "demo" boolean NOT NULL,
        "reason" jsonb,
        "abort_requested" boolean NOT NULL,
        "created_at" timestamptz NOT NULL,
        "finished_at" timestamptz,
        CONSTRAINT "PK_jason_message" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_jason_message_seq" ON "jason_message" ("conversation_id", "seq");
      CREATE UNIQUE INDEX "UQ_jason_message_open" ON "jason_message" ("conversation_id")
        WHERE (state = ANY (ARRAY['queued'::text, 'streaming'::text]));
      CREATE TABLE "jason_job" (
        "id" uuid NOT NULL,
        "work" jsonb NOT NULL,
        "correlation_id" text NOT NULL,
        "taken" integer NOT NULL,
        "lease_until" timestamptz,
        "created_at" timestamptz NOT NULL,
        CONSTRAINT "PK_jason_job" PRIMARY KEY ("id"));
      CREATE INDEX "IDX_jason_job_lease" ON "jason_job" ("lease_until");
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "jason_job", "jason_message", "conversation"`);
  }
}
