import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddPeopleAndScopes1763890000000 implements MigrationInterface {
  readonly name = 'AddPeopleAndScopes1763890000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "user_account"
        ALTER COLUMN "password_hash" DROP NOT NULL,
        ADD COLUMN "disabled_at" timestamptz,
        ADD COLUMN "deleted_at" timestamptz,
        ADD COLUMN "standing_changed_at" timestamptz;

      ALTER TABLE "session"
        ADD COLUMN "method" text NOT NULL DEFAULT 'password',
        ADD COLUMN "address" text,
        ADD COLUMN "user_agent" text,
        ADD COLUMN "last_used_at" timestamptz;
      UPDATE "session" SET "last_used_at" = "created_at";
      ALTER TABLE "session"
        ALTER COLUMN "method" DROP DEFAULT,
        ALTER COLUMN "last_used_at" SET NOT NULL;

      ALTER TABLE "api_key"
        ADD COLUMN "scopes" text[],
        ADD COLUMN "owner_id" uuid,
        ADD COLUMN "replaced_by" uuid,
        ADD COLUMN "last_used_at" timestamptz;
      WITH RECURSIVE line AS (
        SELECT id, created_by AS maker FROM "api_key"
        UNION
        SELECT line.id, k.created_by FROM line JOIN "api_key" k ON k.id = line.maker)
      UPDATE "api_key" SET "owner_id" = line.maker FROM line
      WHERE line.id = "api_key".id AND NOT EXISTS (SELECT 1 FROM "api_key" k WHERE k.id = line.maker);
      ALTER TABLE "api_key" ALTER COLUMN "owner_id" SET NOT NULL;
      CREATE INDEX "IX_api_key_owner_id" ON "api_key" ("owner_id");
      CREATE INDEX "IX_api_key_created_by" ON "api_key" ("created_by");

      CREATE TABLE "invitation" (
        "id" uuid NOT NULL,
        "email" text NOT NULL,
        "role" text NOT NULL,
        "token_hash" bytea NOT NULL,
        "created_by" uuid NOT NULL,
        "created_at" timestamptz NOT NULL,
        "expires_at" timestamptz NOT NULL,
        "accepted_at" timestamptz,
        "revoked_at" timestamptz,
        CONSTRAINT "PK_invitation" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_invitation_token_hash" ON "invitation" ("token_hash");
      CREATE INDEX "IX_invitation_email" ON "invitation" ("email");
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE "invitation";
      DROP INDEX "IX_api_key_owner_id", "IX_api_key_created_by";
      ALTER TABLE "api_key" DROP COLUMN "scopes", DROP COLUMN "owner_id", DROP COLUMN "replaced_by",
        DROP COLUMN "last_used_at";
      ALTER TABLE "session" DROP COLUMN "method", DROP COLUMN "address", DROP COLUMN "user_agent",
        DROP COLUMN "last_used_at";
      DELETE FROM "user_account" WHERE "password_hash" IS NULL;
      ALTER TABLE "user_account" ALTER COLUMN "password_hash" SET NOT NULL, DROP COLUMN "disabled_at",
        DROP COLUMN "deleted_at", DROP COLUMN "standing_changed_at";
    `);
  }
}
