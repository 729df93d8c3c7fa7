import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BoundOrganisation1764100200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "task" ADD "running_since" timestamptz;
      CREATE TABLE "organisation_budget" (
        "id" text NOT NULL,
        "bounds" jsonb NOT NULL,
        "version" integer NOT NULL,
        "updated_by" text NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_organisation_budget" PRIMARY KEY ("id"));
      CREATE TABLE "organisation_spend" (
        "month" text NOT NULL,
        "tokens" bigint NOT NULL,
        "cost_usd" double precision NOT NULL,
        "agent_minutes" double precision NOT NULL,
        "attempts" integer NOT NULL,
        "told_version" integer,
        CONSTRAINT "PK_organisation_spend" PRIMARY KEY ("month"));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE "organisation_spend", "organisation_budget";
      ALTER TABLE "task" DROP COLUMN "running_since";
    `);
  }
}
