import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddPresets1764100000000 implements MigrationInterface {
  readonly name = 'AddPresets1764100000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "template" (
        "id" text NOT NULL,
        "content" jsonb NOT NULL,
        "created_by" text NOT NULL,
        "created_at" timestamptz NOT NULL,
        CONSTRAINT "PK_template" PRIMARY KEY ("id"));

      CREATE TABLE "preset" (
        "id" uuid NOT NULL,
        "name" text NOT NULL,
        "template" text NOT NULL,
        "runtime" text NOT NULL,
        "model" text,
        "settings" jsonb NOT NULL,
        "created_by" text NOT NULL,
        "created_at" timestamptz NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_preset" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_preset_name" ON "preset" ("name");
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "preset", "template"`);
  }
}
