import type { MigrationInterface, QueryRunner } from 'typeorm';

export class IndexAttemptsByAgent1764600000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX "IDX_attempt_agent" ON "attempt" (("agent" ->> 'id'), "id")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "IDX_attempt_agent"`);
  }
}
