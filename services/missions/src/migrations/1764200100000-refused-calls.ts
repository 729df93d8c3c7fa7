import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RefusedCalls1764200100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "organisation_budget" ADD COLUMN "refused_in" text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "organisation_budget" DROP COLUMN "refused_in"`);
  }
}
