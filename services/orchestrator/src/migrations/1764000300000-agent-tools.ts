import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AgentTools1764000300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "attempt"
        ADD COLUMN "token" text,
        ADD COLUMN "question" text,
        ADD COLUMN "acts" integer NOT NULL DEFAULT 0;
      UPDATE "attempt" SET "token" = gen_random_uuid()::text;
      ALTER TABLE "attempt" ALTER COLUMN "token" SET NOT NULL, ALTER COLUMN "acts" DROP DEFAULT;
      CREATE UNIQUE INDEX "UQ_attempt_token" ON "attempt" ("token");
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "attempt" DROP COLUMN "token", DROP COLUMN "question", DROP COLUMN "acts"
    `);
  }
}
