import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findNatsServer } from '@aether/local-stack/nats-server';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

describe('which nats-server runs', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await temporaryDirectory();
  });
  afterEach(() => removeDirectory(directory));

  async function program(folder: string, says: string): Promise<string> {
    const file = join(directory, folder, 'nats-server');
    await mkdir(join(directory, folder));
    await writeFile(file, `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
    return file;
  }

  const find = (binary?: string) =>
    findNatsServer({
      ...(binary && { binary }),
      cacheDir: join(directory, 'cache'),
      path: `${join(directory, 'first')}:${join(directory, 'second')}`,
    });

  it('the named one goes before all others, and must be one', async () => {
    await program('first', 'nats-server: v2.12.0');
    const named = await program('named', 'nats-server: v2.9.10');
    expect(await find(named)).toBe(named);
    const other = await program('other', 'hello');
    await expect(find(other)).rejects.toThrow(/does not tell a version/);
    await expect(find(join(directory, 'absent'))).rejects.toThrow(/ENOENT/);
  });

  it('one on PATH that is too old is passed over', async () => {
    await program('first', 'nats-server: v2.9.10');
    const second = await program('second', 'nats-server: v2.10.0');
    expect(await find()).toBe(second);
  });

  it('one fetched before is used again', async () => {
    await program('first', 'nats-server: v2.9.10');
    const fetched = await program('cache', 'nats-server: v2.15.1');
    expect(await find()).toBe(fetched);
  });
});
