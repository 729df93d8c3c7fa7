import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateDeployment1763900000000 implements MigrationInterface {
  readonly name = 'CreateDeployment1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "deployment" (
        "id" uuid NOT NULL,
        "name" text NOT NULL,
        "template" text NOT NULL,
        "runtime" text NOT NULL,
        "model" text NOT NULL,
        "capabilities" text array NOT NULL,
        "state" text NOT NULL,
        "operation" text NOT NULL,
        "operation_id" uuid NOT NULL,
        "supervised" boolean NOT NULL,
        "correlation_id" text NOT NULL,
        "steps" jsonb NOT NULL,
        "waits_for" text,
        "deadline_at" timestamptz,
        "not_before" timestamptz,
        "failure" jsonb,
        "port" integer,
        "url" text,
        "token_secret_id" uuid,
        "reserved_mb" integer NOT NULL,
        "connection" jsonb,
        "restarts" jsonb NOT NULL,
        "lease_holder" text,
        "lease_fence" integer NOT NULL,
        "lease_until" timestamptz,
        "version" integer NOT NULL,
        "created_by" text NOT NULL,
        "created_at" timestamptz NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_deployment" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_deployment_name" ON "deployment" ("name") WHERE "state" <> 'deleted';
      CREATE UNIQUE INDEX "UQ_deployment_port" ON "deployment" ("port") WHERE "state" <> 'deleted';
      CREATE INDEX "IX_deployment_state" ON "deployment" ("state");
      CREATE TABLE "log_line" (
        "deployment_id" uuid NOT NULL,
        "seq" bigint NOT NULL,
        "source" text NOT NULL,
        "level" text NOT NULL,
        "text" text NOT NULL,
        "noise" boolean NOT NULL,
        "at" timestamptz NOT NULL,
        CONSTRAINT "PK_log_line" PRIMARY KEY ("deployment_id", "seq"));
      CREATE TABLE "log_cursor" (
        "deployment_id" uuid NOT NULL,
        "last_seq" bigint NOT NULL,
        "position" text NOT NULL,
        CONSTRAINT "PK_log_cursor" PRIMARY KEY ("deployment_id"));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "log_cursor", "log_line", "deployment"`);
  }
}
