import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateExecution1764000100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "pool_agent" (
        "id" uuid NOT NULL,
        "deployment_id" uuid NOT NULL,
        "agent_id" text NOT NULL,
        "name" text NOT NULL,
        "given_capabilities" jsonb NOT NULL,
        "edited_capabilities" jsonb,
        "enabled" boolean NOT NULL,
        "online" boolean NOT NULL,
        "concurrency" integer NOT NULL,
        "accepted" integer NOT NULL,
        "failed" integer NOT NULL,
        "cost_usd" double precision NOT NULL,
        "record" jsonb NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_pool_agent" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_pool_agent" ON "pool_agent" ("deployment_id", "agent_id");
      CREATE TABLE "attempt" (
        "id" uuid NOT NULL,
        "mission_id" uuid NOT NULL,
        "task_id" uuid NOT NULL,
        "number" integer NOT NULL,
        "agent" jsonb NOT NULL,
        "choice" jsonb NOT NULL,
        "state" text NOT NULL,
        "packet" jsonb,
        "conflicting_commit" text,
        "waits_for" text,
        "deadline_at" timestamptz,
        "directory" text,
        "branch" text,
        "base" text,
        "commit" text,
        "rescue_ref" text,
        "ports" jsonb NOT NULL,
        "chat_id" uuid,
        "message_id" uuid,
        "answer" text,
        "verdict" text,
        "stop" jsonb,
        "receipt" jsonb,
        "ending" jsonb,
        "created_by" text NOT NULL,
        "visibility" text NOT NULL,
        "correlation_id" text NOT NULL,
        "due_at" timestamptz,
        "nudges" integer NOT NULL,
        "lease_until" timestamptz,
        "taken" integer NOT NULL,
        "created_at" timestamptz NOT NULL,
        "updated_at" timestamptz NOT NULL,
        "finished_at" timestamptz,
        CONSTRAINT "PK_attempt" PRIMARY KEY ("id"));
      CREATE INDEX "IDX_attempt_task" ON "attempt" ("task_id");
      CREATE INDEX "IDX_attempt_mission" ON "attempt" ("mission_id", "id");
      CREATE UNIQUE INDEX "UQ_attempt_open" ON "attempt" ("task_id") WHERE (finished_at IS NULL);
      CREATE INDEX "IDX_attempt_due" ON "attempt" ("due_at") WHERE (finished_at IS NULL);
      CREATE TABLE "task_wait" (
        "task_id" uuid NOT NULL,
        "code" text NOT NULL,
        "text" text NOT NULL,
        "remedy" text,
        "until" timestamptz,
        CONSTRAINT "PK_task_wait" PRIMARY KEY ("task_id"));
      CREATE TABLE "caps" (
        "only" boolean NOT NULL,
        "tasks" integer,
        "tasks_per_mission" integer,
        "attempts_per_task" integer,
        CONSTRAINT "PK_caps" PRIMARY KEY ("only"));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "caps", "task_wait", "attempt", "pool_agent"`);
  }
}
