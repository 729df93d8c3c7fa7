import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ReportedCapabilities1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "pool_agent" ADD COLUMN "reported_capabilities" jsonb NOT NULL DEFAULT '[]';
      ALTER TABLE "pool_agent" ALTER COLUMN "reported_capabilities" DROP DEFAULT;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "pool_agent" DROP COLUMN "reported_capabilities"`);
  }
}
