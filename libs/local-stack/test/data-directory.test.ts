import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { directoryHolder, DirectoryInUse, lockDirectory } from '@aether/local-stack/directory-lock';
import { openStackState } from '@aether/local-stack/stack-state';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startParent } from './parent-process.js';
import { removeDirectory, temporaryDirectory } from './temporary-directory.js';

let directory: string;

beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => removeDirectory(directory));

describe('the lock of a data directory', () => {
  const holder = () =>
    startParent(`
      import { lockDirectory } from '@aether/local-stack/directory-lock';
      await lockDirectory(${JSON.stringify(directory)});
      console.log(process.pid);`);

  it('a second process is refused, told who runs, and let in when that one is killed', async () => {
    const first = await holder();
    try {
      expect(await directoryHolder(directory)).toBe(Number(first.said));
      const refusal = await lockDirectory(directory).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(DirectoryInUse);
      expect(refusal).toMatchObject({ pid: Number(first.said) });
    } finally {
      await first.kill();
    }
    const release = await lockDirectory(directory);
    expect(await directoryHolder(directory)).toBe(process.pid);
    await release();
    expect(await directoryHolder(directory)).toBeNull();
  });

  it('of many that find a lock left behind, exactly one gets in', async () => {
    await writeFile(join(directory, 'host.lock'), `${process.pid}\n1\n`);
    const attempts = await Promise.allSettled(Array.from({ length: 20 }, () => lockDirectory(directory)));
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('what a data directory remembers', () => {
  it('ports and secrets survive a restart and belong to their names', async () => {
    const first = await openStackState(directory);
    const [one, two] = await Promise.all([first.port('one'), first.port('two')]);
    const secret = await first.secret('one');

    const second = await openStackState(directory);

    expect(one).not.toBe(two);
    expect([await second.port('one'), await second.port('two')]).toEqual([one, two]);
    expect(await second.secret('one')).toBe(secret);
    expect(await second.secret('two')).not.toBe(secret);
    expect(Buffer.from(secret, 'base64')).toHaveLength(32);
  });

  it('secrets can be read by their owner only', async () => {
    await (await openStackState(directory)).secret('one');
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, 'stack.json'))).mode & 0o777).toBe(0o600);
  });

  it('a memory that cannot be read stops the start and is left as it was', async () => {
    const file = join(directory, 'stack.json');
    await writeFile(file, '{');
    await expect(openStackState(directory)).rejects.toThrow(/move the data directory away/);
    expect(await readFile(file, 'utf8')).toBe('{');
  });
});
