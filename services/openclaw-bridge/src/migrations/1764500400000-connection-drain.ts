import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ConnectionDrain1764500400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "connection" ADD "is_draining" boolean NOT NULL DEFAULT false`);
    await runner.query(`ALTER TABLE "connection" ALTER "is_draining" DROP DEFAULT`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "connection" DROP "is_draining"`);
  }
}
