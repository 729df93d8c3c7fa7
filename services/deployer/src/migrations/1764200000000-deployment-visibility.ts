import type { MigrationInterface, QueryRunner } from 'typeorm';

export class DeploymentVisibility1764200000000 implements MigrationInterface {
  readonly name = 'DeploymentVisibility1764200000000';

  /** Those from before stay open to all, as they were. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "deployment" ADD "visibility" text NOT NULL DEFAULT 'open';
      ALTER TABLE "deployment" ALTER "visibility" DROP DEFAULT;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE "deployment" DROP "visibility"`);
  }
}
