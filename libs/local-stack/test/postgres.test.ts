import { lstat, mkdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { databaseUrl, ensureDatabases } from '@aether/local-stack/databases';
import { beginningOf } from '@aether/local-stack/owned-process';
import { startPostgres, type RunningPostgres } from '@aether/local-stack/postgres';
import { freePort } from '@aether/testing/free-port';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { startParent } from './parent-process.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe('PostgreSQL on one machine', () => {
  let directory: string;
  let options: { dataDir: string; port: number; password: string; durable: boolean };
  let server: RunningPostgres | undefined;

  beforeEach(async () => {
    directory = await temporaryDirectory();
    options = {
      dataDir: join(directory, 'postgres'),
      port: await freePort(),
      password: 'of:the/superuser',
      durable: false,
    };
    server = undefined;
  });

  afterEach(async () => {
    await server?.stop();
    await removeDirectory(directory);
  });

  it('a server whose parent was killed is replaced, and what was committed is there', async () => {
    const parent = await startParent(`
      import { startPostgres } from '@aether/local-stack/postgres';
      const { pid } = await startPostgres(${JSON.stringify(options)});
      console.log(pid);`);
    await parent.kill();
    const orphan = Number(parent.said);
    expect(await beginningOf(orphan)).not.toBeNull();
    const url = `postgres://postgres:${encodeURIComponent(options.password)}@127.0.0.1:${options.port}/postgres`;
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS value');

    server = await startPostgres(options);

    expect(server.pid).not.toBe(orphan);
    expect(await beginningOf(orphan)).toBeNull();
    expect(await query(server.url, 'SELECT value FROM kept')).toEqual([{ value: 7 }]);
  });

  it('each role owns its database and may enter no other', async () => {
    server = await startPostgres(options);
    const { url } = server;
    const one = { name: 'one', role: 'one', password: 'first' };
    const two = { name: 'two', role: 'two', password: 'second' };
    await ensureDatabases(url, [one, two]);
    await ensureDatabases(url, [one, two]);

    await query(databaseUrl(url, one), 'CREATE TABLE mine (id int)');
    for (const name of ['two', 'postgres', 'template1'])
      await expect(query(databaseUrl(url, { ...one, name }), 'SELECT 1')).rejects.toThrow(
        /permission denied for database/,
      );
    await expect(query(databaseUrl(url, { ...one, password: 'wrong' }), 'SELECT 1')).rejects.toThrow(
      /password authentication failed/,
    );
  });

  it('a data directory that only its owner may enter holds a cluster, for root as for others', async () => {
    server = await startPostgres(options);
    const data = await lstat(join(options.dataDir, 'data'));
    expect(data.isSymbolicLink()).toBe(userInfo().uid === 0);
    expect(await query(server.url, 'SELECT 1 AS answer')).toEqual([{ answer: 1 }]);
  });

  it('a first start that was killed halfway is made anew', async () => {
    await mkdir(join(options.dataDir, 'data.partial'), { recursive: true });
    await writeFile(join(options.dataDir, 'data.partial', 'PG_VERSION'), '18\n');
    await writeFile(join(options.dataDir, 'data.password'), 'old');

    server = await startPostgres(options);

    expect(await query(server.url, 'SELECT 1 AS answer')).toEqual([{ answer: 1 }]);
  });

  it('a cluster with another password is told at once, and left stopped', async () => {
    await (await startPostgres(options)).stop();
    await expect(startPostgres({ ...options, password: 'another' })).rejects.toThrow(/another password/);
    server = await startPostgres(options);
    expect(await query(server.url, 'SELECT 1 AS answer')).toEqual([{ answer: 1 }]);
  });

  it('a port that is taken is told in the words of the server', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      await expect(startPostgres({ ...options, port })).rejects.toThrow(/Address already in use/);
    } finally {
      other.close();
    }
  });

  it('stopping does not wait for clients, and its end is told', async () => {
    server = await startPostgres(options);
    const client = new Client({ connectionString: server.url });
    const cut = new Promise<Error>((resolve) => client.on('error', resolve));
    await client.connect();
    await client.query('BEGIN');
    await server.stop();
    expect(await server.exited).toBe('ended with code 0');
    expect((await cut).message).toMatch(/terminat/);
    await server.stop();
  });
});
