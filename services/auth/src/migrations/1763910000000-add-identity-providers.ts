import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddIdentityProviders1763910000000 implements MigrationInterface {
  readonly name = 'AddIdentityProviders1763910000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "provider_sign_in" (
        "state_hash" bytea NOT NULL,
        "provider" text NOT NULL,
        "binding_hash" bytea NOT NULL,
        "code_verifier" text NOT NULL,
        "nonce" text NOT NULL,
        "expires_at" timestamptz NOT NULL,
        CONSTRAINT "PK_provider_sign_in" PRIMARY KEY ("state_hash"));
      CREATE INDEX "IX_provider_sign_in_expires_at" ON "provider_sign_in" ("expires_at");

      CREATE TABLE "identity_link" (
        "issuer" text NOT NULL,
        "subject" text NOT NULL,
        "user_id" uuid NOT NULL,
        "created_at" timestamptz NOT NULL,
        CONSTRAINT "PK_identity_link" PRIMARY KEY ("issuer", "subject"),
        CONSTRAINT "UQ_identity_link_user" UNIQUE ("user_id", "issuer"),
        CONSTRAINT "FK_identity_link_user" FOREIGN KEY ("user_id")
          REFERENCES "user_account" ("id") ON DELETE CASCADE);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE "identity_link", "provider_sign_in";`);
  }
}
