// What one would write by hand for one table: a key check, one query a read, one transaction a create. It does
// the same SQL as the measured routes, and nothing else that they do.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { fastify } from 'fastify';
import { Pool } from 'pg';
import { bareDatabaseUrl } from './config.js';

const pool = new Pool({ connectionString: bareDatabaseUrl(), max: 10 });
const hashOf = (key: string) => createHash('sha256').update(key).digest('base64url');
const known = new Set([hashOf('bench')]);
const columns = 'id, name, role, prefix, created_by, created_at, expires_at, revoked_at';

const app = fastify();
app.addHook('onRequest', async (request, reply) => {
  const key = request.headers.authorization?.replace('Bearer ', '') ?? '';
  if (!known.has(hashOf(key))) return reply.code(401).send();
});

app.get('/api-keys', async (request) => {
  const { limit } = request.query as { limit: string };
  const { rows } = await pool.query(`SELECT ${columns} FROM api_key ORDER BY id DESC LIMIT $1`, [limit]);
  return { items: rows as unknown[], nextCursor: null };
});

app.post('/api-keys', async (request, reply) => {
  const { name, role } = request.body as { name: string; role: string };
  const key = randomBytes(32).toString('base64url');
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rows } = await client.query(
      `INSERT INTO api_key VALUES (uuidv7(), $1, $2, $3, $4, $5, now()) RETURNING ${columns}`,
      [name, role, key.slice(0, 8), hashOf(key), randomUUID()],
    );
    await client.query('INSERT INTO outbox VALUES (uuidv7(), $1, $2, $3)', [
      'created',
      {},
      { apiKey: rows[0] as unknown },
    ]);
    await client.query('COMMIT');
    return await reply.code(201).send({ apiKey: rows[0] as unknown, key });
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
});

await pool.query(`
  CREATE TABLE api_key (
    id uuid PRIMARY KEY, name text NOT NULL, role text NOT NULL, prefix text NOT NULL, hash text NOT NULL UNIQUE,
    created_by uuid NOT NULL, created_at timestamptz NOT NULL, expires_at timestamptz, revoked_at timestamptz);
  CREATE TABLE outbox (
    id uuid PRIMARY KEY, subject text NOT NULL, headers jsonb NOT NULL, payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now());`);
process.stdout.write(`${await app.listen({ host: '127.0.0.1', port: 0 })}\n`);
