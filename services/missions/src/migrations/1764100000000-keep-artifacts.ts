import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepArtifacts1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "artifact_content" (
        "sha256" text NOT NULL,
        "touched_at" timestamptz NOT NULL,
        CONSTRAINT "PK_artifact_content" PRIMARY KEY ("sha256"));
      CREATE INDEX "IDX_artifact_content_touched_at" ON "artifact_content" ("touched_at");
      CREATE TABLE "artifact" (
        "id" uuid NOT NULL,
        "mission_id" uuid NOT NULL,
        "task_id" uuid,
        "attempt_id" uuid,
        "name" text NOT NULL,
        "media_type" text NOT NULL,
        "kind" text NOT NULL,
        "bytes" bigint NOT NULL,
        "sha256" text NOT NULL,
        "created_at" timestamptz NOT NULL,
        CONSTRAINT "PK_artifact" PRIMARY KEY ("id"),
        CONSTRAINT "FK_artifact_content" FOREIGN KEY ("sha256") REFERENCES "artifact_content" ("sha256"));
      CREATE INDEX "IDX_artifact_mission_id" ON "artifact" ("mission_id");
      CREATE INDEX "IDX_artifact_sha256" ON "artifact" ("sha256");
      CREATE TABLE "artifact_piece" (
        "artifact_id" uuid NOT NULL,
        "begins_at" bigint NOT NULL,
        "ends_at" bigint NOT NULL,
        "content" bytea NOT NULL,
        "at" timestamptz NOT NULL,
        CONSTRAINT "PK_artifact_piece" PRIMARY KEY ("artifact_id", "begins_at"));
      CREATE INDEX "IDX_artifact_piece_at" ON "artifact_piece" ("at");
      ALTER TABLE "thread_entry" ADD "artifact_ids" uuid array NOT NULL DEFAULT '{}';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "thread_entry" DROP COLUMN "artifact_ids";
      DROP TABLE "artifact_piece", "artifact", "artifact_content";
    `);
  }
}
