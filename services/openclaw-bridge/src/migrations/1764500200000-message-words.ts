import type { MigrationInterface, QueryRunner } from 'typeorm';

export class MessageWords1764500200000 implements MigrationInterface {
  /** The expression is that of `message-search.repository.ts`; a tsvector has room for a mebibyte, so texts are cut before it. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX "IDX_message_words" ON "message"
        USING gin (to_tsvector('simple', regexp_replace(left("text", 100000), '[!-/:-@[-\`{-~]+', ' ', 'g')))
        WHERE (finished_at IS NOT NULL);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "IDX_message_words"`);
  }
}
