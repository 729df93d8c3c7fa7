import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddSecondFactor1763895000000 implements MigrationInterface {
  readonly name = 'AddSecondFactor1763895000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "user_account" ADD COLUMN "second_factor_at" timestamptz;

      CREATE TABLE "second_factor" (
        "user_id" uuid NOT NULL,
        "wrapped_key" bytea NOT NULL,
        "ciphertext" bytea NOT NULL,
        "last_step" integer,
        CONSTRAINT "PK_second_factor" PRIMARY KEY ("user_id"),
        CONSTRAINT "FK_second_factor_user" FOREIGN KEY ("user_id")
          REFERENCES "user_account" ("id") ON DELETE CASCADE);

      CREATE TABLE "recovery_code" (
        "id" uuid NOT NULL,
        "user_id" uuid NOT NULL,
        "code_hash" bytea NOT NULL,
        CONSTRAINT "PK_recovery_code" PRIMARY KEY ("id"),
        CONSTRAINT "FK_recovery_code_user" FOREIGN KEY ("user_id")
          REFERENCES "user_account" ("id") ON DELETE CASCADE);
      CREATE INDEX "IX_recovery_code_user_id" ON "recovery_code" ("user_id");
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE "recovery_code", "second_factor";
      ALTER TABLE "user_account" DROP COLUMN "second_factor_at";
    `);
  }
}
