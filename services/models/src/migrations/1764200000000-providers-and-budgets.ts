import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ProvidersAndBudgets1764200000000 implements MigrationInterface {
  readonly name = 'ProvidersAndBudgets1764200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "model_provider" (
        "id" uuid NOT NULL,
        "name" text NOT NULL,
        "kind" text NOT NULL,
        "base_url" text NOT NULL,
        "secret_id" uuid,
        "enabled" boolean NOT NULL,
        "models" jsonb NOT NULL,
        "created_at" timestamptz NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_model_provider" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_model_provider_name" ON "model_provider" ("name");
      CREATE TABLE "default_models" (
        "id" integer NOT NULL,
        "models" jsonb NOT NULL,
        CONSTRAINT "PK_default_models" PRIMARY KEY ("id"));
      ALTER TABLE "usage" ADD "mission_id" uuid, ADD "session" text, ADD "provider" text,
        ADD "cost_usd" double precision;
      CREATE INDEX "IDX_usage_at" ON "usage" ("at");
      CREATE INDEX "IDX_usage_mission_id" ON "usage" ("mission_id");
      CREATE TABLE "mission_session" (
        "deployment_id" uuid NOT NULL,
        "session" text NOT NULL,
        "mission_id" uuid NOT NULL,
        CONSTRAINT "PK_mission_session" PRIMARY KEY ("deployment_id", "session"));
      CREATE INDEX "IDX_mission_session_mission_id" ON "mission_session" ("mission_id");
      CREATE TABLE "model_budget" (
        "id" uuid NOT NULL,
        "scope" text NOT NULL,
        "scope_id" uuid NOT NULL,
        "period" text NOT NULL,
        "limit_usd" double precision,
        "limit_tokens" bigint,
        "period_began" timestamptz NOT NULL,
        "spent_usd" double precision NOT NULL,
        "spent_tokens" bigint NOT NULL,
        "told_at" timestamptz,
        "version" integer NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_model_budget" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_model_budget_scope" ON "model_budget" ("scope", "scope_id", "period");
      CREATE TABLE "reservation" (
        "id" uuid NOT NULL,
        "deployment_id" uuid NOT NULL,
        "mission_id" uuid,
        "usd" double precision NOT NULL,
        "tokens" bigint NOT NULL,
        "expires_at" timestamptz NOT NULL,
        CONSTRAINT "PK_reservation" PRIMARY KEY ("id"));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE "reservation", "model_budget", "mission_session", "default_models", "model_provider";
      DROP INDEX "IDX_usage_at", "IDX_usage_mission_id";
      ALTER TABLE "usage" DROP "mission_id", DROP "session", DROP "provider", DROP "cost_usd";
    `);
  }
}
