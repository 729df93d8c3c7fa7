import type { MigrationInterface, QueryRunner } from 'typeorm';

export class RemoteGateways1764300000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE "connection"
        ADD "kind" text NOT NULL DEFAULT 'deployed',
        ADD "auth" text NOT NULL DEFAULT 'token',
        ADD "access_client_id" text,
        ADD "access_secret_id" uuid,
        ADD "tls_fingerprint" text,
        ADD "pairing" jsonb,
        ADD "methods" jsonb NOT NULL DEFAULT '[]',
        ALTER "token_secret_id" DROP NOT NULL;
      ALTER TABLE "connection"
        ALTER "kind" DROP DEFAULT,
        ALTER "auth" DROP DEFAULT,
        ALTER "methods" DROP DEFAULT;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM "connection" WHERE "kind" = 'remote';
      ALTER TABLE "connection"
        DROP "kind", DROP "auth", DROP "access_client_id", DROP "access_secret_id", DROP "tls_fingerprint",
        DROP "pairing", DROP "methods",
        ALTER "token_secret_id" SET NOT NULL;
    `);
  }
}
