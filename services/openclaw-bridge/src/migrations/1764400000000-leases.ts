import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Leases1764400000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "instance" (
        "id" uuid NOT NULL,
        "lease_until" timestamptz NOT NULL,
        CONSTRAINT "PK_instance" PRIMARY KEY ("id"));
      ALTER TABLE "connection"
        ADD "lease_holder" uuid,
        ADD "lease_fence" integer NOT NULL DEFAULT 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE "instance";
      ALTER TABLE "connection" DROP "lease_holder", DROP "lease_fence";
    `);
  }
}
