import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAuth1763856000000 implements MigrationInterface {
  readonly name = 'CreateAuth1763856000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE "user_account" (
        "id" uuid NOT NULL,
        "email" text NOT NULL,
        "name" text NOT NULL,
        "role" text NOT NULL,
        "password_hash" text NOT NULL,
        "created_at" timestamptz NOT NULL,
        CONSTRAINT "PK_user_account" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_user_account_email" ON "user_account" ("email");

      CREATE TABLE "setup_token" (
        "id" text NOT NULL,
        "token_hash" bytea NOT NULL,
        "expires_at" timestamptz NOT NULL,
        CONSTRAINT "PK_setup_token" PRIMARY KEY ("id"));

      CREATE TABLE "sign_in_guard" (
        "email_hash" bytea NOT NULL,
        "failures" integer NOT NULL,
        "failed_at" timestamptz NOT NULL,
        "delayed_until" timestamptz,
        CONSTRAINT "PK_sign_in_guard" PRIMARY KEY ("email_hash"));

      CREATE TABLE "session" (
        "id" uuid NOT NULL,
        "user_id" uuid NOT NULL,
        "created_at" timestamptz NOT NULL,
        "expires_at" timestamptz NOT NULL,
        "revoked_at" timestamptz,
        "revoked_because" text,
        CONSTRAINT "PK_session" PRIMARY KEY ("id"),
        CONSTRAINT "FK_session_user" FOREIGN KEY ("user_id") REFERENCES "user_account" ("id") ON DELETE CASCADE);
      CREATE INDEX "IX_session_user_id" ON "session" ("user_id");

      CREATE TABLE "refresh_token" (
        "id" uuid NOT NULL,
        "session_id" uuid NOT NULL,
        "parent_id" uuid,
        "token_hash" bytea NOT NULL,
        "expires_at" timestamptz NOT NULL,
        "exchanged_at" timestamptz,
        "retired_at" timestamptz,
        CONSTRAINT "PK_refresh_token" PRIMARY KEY ("id"),
        CONSTRAINT "FK_refresh_token_session" FOREIGN KEY ("session_id") REFERENCES "session" ("id") ON DELETE CASCADE);
      CREATE UNIQUE INDEX "UQ_refresh_token_hash" ON "refresh_token" ("token_hash");
      CREATE INDEX "IX_refresh_token_session_id" ON "refresh_token" ("session_id");

      CREATE TABLE "signing_key" (
        "kid" text NOT NULL,
        "public_jwk" jsonb NOT NULL,
        "wrapped_key" bytea NOT NULL,
        "ciphertext" bytea NOT NULL,
        "signs_until" timestamptz NOT NULL,
        "expires_at" timestamptz NOT NULL,
        CONSTRAINT "PK_signing_key" PRIMARY KEY ("kid"));

      CREATE TABLE "api_key" (
        "id" uuid NOT NULL,
        "name" text NOT NULL,
        "role" text NOT NULL,
        "prefix" text NOT NULL,
        "secret_hash" bytea NOT NULL,
        "created_by" uuid NOT NULL,
        "created_at" timestamptz NOT NULL,
        "expires_at" timestamptz,
        "revoked_at" timestamptz,
        CONSTRAINT "PK_api_key" PRIMARY KEY ("id"));
      CREATE UNIQUE INDEX "UQ_api_key_prefix" ON "api_key" ("prefix");

      CREATE TABLE "secret" (
        "id" uuid NOT NULL,
        "name" text NOT NULL,
        "wrapped_key" bytea NOT NULL,
        "ciphertext" bytea NOT NULL,
        "created_at" timestamptz NOT NULL,
        "updated_at" timestamptz NOT NULL,
        CONSTRAINT "PK_secret" PRIMARY KEY ("id"));

      CREATE TABLE "master_key_check" (
        "id" text NOT NULL,
        "wrapped_key" bytea NOT NULL,
        "ciphertext" bytea NOT NULL,
        CONSTRAINT "PK_master_key_check" PRIMARY KEY ("id"));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `DROP TABLE "master_key_check", "secret", "api_key", "signing_key", "refresh_token", "session",
        "sign_in_guard", "setup_token", "user_account"`,
    );
  }
}
