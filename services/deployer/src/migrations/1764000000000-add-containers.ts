import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddContainers1764000000000 implements MigrationInterface {
  readonly name = 'AddContainers1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "deployment"
        ADD "settings" jsonb NOT NULL DEFAULT '{}',
        ADD "image" text,
        ADD "previous" jsonb,
        ADD "rolled_back" jsonb;
      ALTER TABLE "deployment" ALTER "settings" DROP DEFAULT;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE "deployment" DROP "settings", DROP "image", DROP "previous", DROP "rolled_back"`,
    );
  }
}
