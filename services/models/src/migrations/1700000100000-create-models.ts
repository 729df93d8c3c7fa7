import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateModels1700000100000 implements MigrationInterface {
  readonly name = 'CreateModels1700000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "virtual_key" (
        "id" uuid NOT NULL,
        "deployment_id" uuid NOT NULL,
        "hash" text NOT NULL,
        "created_at" timestamptz NOT NULL,
        "expires_at" timestamptz,
        CONSTRAINT "PK_virtual_key" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "IDX_virtual_key_hash" ON "virtual_key" ("hash");
      CREATE INDEX "IDX_virtual_key_deployment_id" ON "virtual_key" ("deployment_id");
      CREATE TABLE "usage" (
        "id" uuid NOT NULL,
        "deployment_id" uuid NOT NULL,
        "virtual_key_id" uuid NOT NULL,
        "model" text NOT NULL,
        "demo" boolean NOT NULL,
        "input_tokens" integer NOT NULL,
        "cached_input_tokens" integer NOT NULL,
        "output_tokens" integer NOT NULL,
        "estimated" boolean NOT NULL,
        "outcome" text NOT NULL,
        "duration_ms" integer NOT NULL,
        "at" timestamptz NOT NULL,
        CONSTRAINT "PK_usage" PRIMARY KEY ("id"));
      CREATE INDEX "IDX_usage_deployment_id" ON "usage" ("deployment_id", "id");
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "usage", "virtual_key"`);
  }
}
