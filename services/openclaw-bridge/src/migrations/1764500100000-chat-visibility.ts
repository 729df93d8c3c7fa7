import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ChatVisibility1764500100000 implements MigrationInterface {
  /** Chats that were opened while everybody saw all of them stay as they were. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "chat" ADD "visibility" text NOT NULL DEFAULT 'open';
      ALTER TABLE "chat" ALTER "visibility" DROP DEFAULT;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "chat" DROP COLUMN "visibility"`);
  }
}
