import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Workplaces1764000350000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "pool_agent"
        ADD COLUMN "given_workplace" text NOT NULL DEFAULT 'worktree',
        ADD COLUMN "edited_workplace" text;
      ALTER TABLE "pool_agent" ALTER COLUMN "given_workplace" DROP DEFAULT;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "pool_agent" DROP COLUMN "given_workplace", DROP COLUMN "edited_workplace"
    `);
  }
}
