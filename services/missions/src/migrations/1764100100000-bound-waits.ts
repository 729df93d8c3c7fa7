import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BoundWaits1764100100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "task" ADD "work_s" integer;
      CREATE INDEX "IDX_task_deadline_at" ON "task" ("deadline_at");
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX "IDX_task_deadline_at";
      ALTER TABLE "task" DROP COLUMN "work_s";
    `);
  }
}
