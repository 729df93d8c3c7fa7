import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateMissions1763890000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "mission" (
        "id" uuid NOT NULL,
        "title" text NOT NULL,
        "goal" text NOT NULL,
        "repository" text,
        "base_branch" text,
        "priority" text NOT NULL,
        "labels" jsonb NOT NULL,
        "autonomy" text NOT NULL,
        "acceptance" text NOT NULL,
        "deploy_missing" boolean NOT NULL,
        "checks" jsonb NOT NULL,
        "workspace" jsonb NOT NULL,
        "budget" jsonb NOT NULL,
        "spent_tokens" bigint NOT NULL,
        "spent_usd" double precision NOT NULL,
        "spent_attempts" integer NOT NULL,
        "state" text NOT NULL,
        "reason" jsonb,
        "waits_for" text,
        "deadline_at" timestamptz,
        "tasks" jsonb NOT NULL,
        "report" text,
        "visibility" text NOT NULL,
        "last_seq" integer NOT NULL,
        "version" integer NOT NULL,
        "created_by" text NOT NULL,
        "created_at" timestamptz NOT NULL,
        "started_at" timestamptz,
        "finished_at" timestamptz,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_mission" PRIMARY KEY ("id"));
      CREATE INDEX "IDX_mission_state" ON "mission" ("state");
      CREATE TABLE "task" (
        "id" uuid NOT NULL,
        "mission_id" uuid NOT NULL,
        "key" text NOT NULL,
        "kind" text NOT NULL,
        "title" text NOT NULL,
        "instructions" text NOT NULL,
        "requires" jsonb NOT NULL,
        "prefers" jsonb NOT NULL,
        "checks" jsonb NOT NULL,
        "estimate_minutes" integer NOT NULL,
        "depends_on" uuid array NOT NULL,
        "state" text NOT NULL,
        "reason" jsonb,
        "waits_for" text,
        "deadline_at" timestamptz,
        "attempts" integer NOT NULL,
        "attempt_id" uuid,
        "fence" integer NOT NULL,
        "approved_attempt_id" uuid,
        "agent_name" text,
        "feedback" jsonb NOT NULL,
        "receipt" jsonb,
        "chain_minutes" integer NOT NULL,
        "version" integer NOT NULL,
        "created_at" timestamptz NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_task" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_task_key" ON "task" ("mission_id", "key");
      CREATE INDEX "IDX_task_state" ON "task" ("state");
      CREATE TABLE "thread_entry" (
        "id" uuid NOT NULL,
        "mission_id" uuid NOT NULL,
        "seq" integer NOT NULL,
        "task_id" uuid,
        "kind" text NOT NULL,
        "author" jsonb NOT NULL,
        "text" text NOT NULL,
        "data" jsonb,
        "at" timestamptz NOT NULL,
        CONSTRAINT "PK_thread_entry" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_thread_entry_seq" ON "thread_entry" ("mission_id", "seq");
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "thread_entry", "task", "mission"`);
  }
}
