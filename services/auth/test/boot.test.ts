import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { schemaDrift } from '@aether/persistence/data-source';
import { parseConfig } from '@aether/runtime/config';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuthConfig } from '../src/config.js';
import { authService } from '../src/service.js';
import { startAuth, type AuthUnderTest } from './start-auth.js';

const base = { NATS_URL: 'nats://localhost', NATS_PASSWORD: 'x', DATABASE_URL: 'postgres://localhost/auth' };
const key = randomBytes(32);

describe('the configuration', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aether-auth-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  const parse = (environment: Record<string, string>) =>
    parseConfig('auth', AuthConfig, { ...base, ...environment });
  const file = async (content: string) => {
    const path = join(directory, randomBytes(4).toString('hex'));
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };

  it('takes the master key from the environment or from a file', async () => {
    const text = key.toString('base64');
    expect(parse({ MASTER_KEY: text }).masterKey).toEqual(key);
    expect(parse({ MASTER_KEY_FILE: await file(`${text}\n`) }).masterKey).toEqual(key);
  });

  it('stops the boot without a master key, and says how to make one', () => {
    expect(() => parse({})).toThrow(/MASTER_KEY: is missing.*openssl rand -base64 32/s);
  });

  it('stops the boot for a master key that is malformed, and never repeats it', async () => {
    const short = randomBytes(16).toString('base64');
    const broken: Record<string, string>[] = [
      { MASTER_KEY: short },
      { MASTER_KEY_FILE: await file(short) },
      { MASTER_KEY: key.toString('hex') },
    ];
    for (const environment of broken) {
      expect(() => parse(environment)).toThrow('must be 32 bytes in base64');
      expect(() => parse(environment)).not.toThrow(short);
    }
    expect(() => parse({ MASTER_KEY_FILE: join(directory, 'absent') })).toThrow(/absent" cannot be read/);
    expect(() => parse({ MASTER_KEY: key.toString('base64'), MASTER_KEY_FILE: '/x' })).toThrow(
      'MASTER_KEY_FILE',
    );
  });
});

describe('the boot', () => {
  let auth: AuthUnderTest;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  it('stops when the master key does not open the vault', async () => {
    const other = { MASTER_KEY: randomBytes(32).toString('base64') };
    await expect(auth.startAnother(other)).rejects.toThrow(/The master key does not open this vault/);
  });

  it('finds a schema that equals the entities', async () => {
    const { DATABASE_URL: url = '' } = auth.environment;
    await expect(schemaDrift({ url, schema: authService.schema })).resolves.toEqual([]);
  });
});
