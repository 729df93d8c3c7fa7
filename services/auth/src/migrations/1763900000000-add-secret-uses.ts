import type { MigrationInterface, QueryRunner } from 'typeorm';

const SEALED = ['secret', 'signing_key', 'second_factor', 'master_key_check'];

export class AddSecretUses1763900000000 implements MigrationInterface {
  readonly name = 'AddSecretUses1763900000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of SEALED) await runner.query(`ALTER TABLE "${table}" ADD COLUMN "master_key_id" text`);
    await runner.query(`
      CREATE TABLE "secret_use" (
        "secret_id" uuid NOT NULL,
        "service" text NOT NULL,
        "purpose" text NOT NULL,
        "last_used_at" timestamptz NOT NULL,
        CONSTRAINT "PK_secret_use" PRIMARY KEY ("secret_id", "service", "purpose"),
        CONSTRAINT "FK_secret_use_secret" FOREIGN KEY ("secret_id")
          REFERENCES "secret" ("id") ON DELETE CASCADE);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "secret_use"`);
    for (const table of SEALED) await runner.query(`ALTER TABLE "${table}" DROP COLUMN "master_key_id"`);
  }
}
