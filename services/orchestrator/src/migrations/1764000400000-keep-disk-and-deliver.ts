import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepDiskAndDeliver1764000400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "forgotten_mission" (
        "mission_id" uuid NOT NULL,
        "at" timestamptz NOT NULL,
        CONSTRAINT "PK_forgotten_mission" PRIMARY KEY ("mission_id"));
      CREATE TABLE "git_remote" (
        "id" uuid NOT NULL,
        "name" text NOT NULL,
        "url_prefix" text NOT NULL,
        "kind" text NOT NULL,
        "api_url" text,
        "username" text NOT NULL,
        "secret_id" uuid NOT NULL,
        "created_by" text NOT NULL,
        "created_at" timestamptz NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_git_remote" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_git_remote_name" ON "git_remote" ("name");
      CREATE UNIQUE INDEX "UQ_git_remote_prefix" ON "git_remote" ("url_prefix");
      CREATE INDEX "IDX_attempt_rescue" ON "attempt" ("finished_at") WHERE (rescue_ref IS NOT NULL);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "IDX_attempt_rescue"; DROP TABLE "git_remote", "forgotten_mission"`);
  }
}
