import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ChatDirectory1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "chat" ADD "directory" text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "chat" DROP COLUMN "directory"`);
  }
}
