import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DeliverMissions1764100300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "mission"
        ADD COLUMN "delivery" text NOT NULL DEFAULT 'none',
        ADD COLUMN "delivered_to" text;
      ALTER TABLE "mission" ALTER COLUMN "delivery" DROP DEFAULT;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "mission" DROP COLUMN "delivery", DROP COLUMN "delivered_to"`);
  }
}
