import type { MigrationInterface, QueryRunner } from 'typeorm';

export class UsageChecks1764500000000 implements MigrationInterface {
  readonly name = 'UsageChecks1764500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "usage" ADD "response_id" text;
      CREATE INDEX "IDX_usage_session" ON "usage" ("deployment_id", "session");
      CREATE INDEX "IDX_usage_response_id" ON "usage" ("response_id");
      CREATE TABLE "usage_check" (
        "id" uuid NOT NULL,
        "deployment_id" uuid,
        "session" text,
        "due_at" timestamptz,
        "attempts" integer NOT NULL,
        "checked_at" timestamptz,
        "cause" text,
        "finding" text,
        "result" jsonb,
        CONSTRAINT "PK_usage_check" PRIMARY KEY ("id"));
      CREATE INDEX "IDX_usage_check_due_at" ON "usage_check" ("due_at");
      CREATE INDEX "IDX_usage_check_deployment_id" ON "usage_check" ("deployment_id", "session");
      ALTER TABLE "virtual_key" ADD "name" text, ADD "models" jsonb;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "virtual_key" DROP "name", DROP "models";
      DROP TABLE "usage_check";
      DROP INDEX "IDX_usage_session", "IDX_usage_response_id";
      ALTER TABLE "usage" DROP "response_id";
    `);
  }
}
