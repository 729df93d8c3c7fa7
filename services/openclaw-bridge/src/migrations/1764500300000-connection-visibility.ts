import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ConnectionVisibility1764500300000 implements MigrationInterface {
  /** Nobody knows any more who made the connections from before; they are open to all, as they were. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "connection"
        ADD "created_by" text NOT NULL DEFAULT 'unknown',
        ADD "visibility" text NOT NULL DEFAULT 'open';
      ALTER TABLE "connection" ALTER "created_by" DROP DEFAULT, ALTER "visibility" DROP DEFAULT;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "connection" DROP "created_by", DROP "visibility"`);
  }
}
