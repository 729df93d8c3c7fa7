import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexHidden1764400100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX "IDX_mission_hidden" ON "mission" ("created_by") WHERE (visibility <> 'open'::text)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "IDX_mission_hidden"`);
  }
}
