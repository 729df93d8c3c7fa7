import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ChatMission1764200000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "chat" ADD "mission_id" uuid`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "chat" DROP COLUMN "mission_id"`);
  }
}
