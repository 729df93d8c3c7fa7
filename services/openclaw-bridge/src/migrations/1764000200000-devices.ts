import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Devices1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "device" (
        "deployment_id" uuid NOT NULL,
        "key_secret_id" uuid NOT NULL,
        CONSTRAINT "PK_device" PRIMARY KEY ("deployment_id"));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "device"`);
  }
}
