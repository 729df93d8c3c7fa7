import { appendFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { emptyWhenRead, readLines } from '../src/process/output-file.js';

describe('the output of a process', () => {
  let directory: string;
  let path: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'aether-output-'));
    path = join(directory, 'output.log');
  });
  afterEach(async () => rm(directory, { recursive: true }));

  const read = (position: string, final = false) => readLines(path, position, { final });

  test('that is not there yet has no lines', async () => {
    expect(await read('')).toEqual({ lines: [], position: '' });
  });

  test('is read line by line, each once, a half line only when it is complete', async () => {
    await writeFile(path, 'one\ntwo\nthr');
    const first = await read('');
    expect(first.lines).toEqual(['one', 'two']);
    expect(await read(first.position)).toEqual({ lines: [], position: first.position });
    await appendFile(path, 'ee\n');
    const second = await read(first.position);
    expect(second.lines).toEqual(['three']);
    expect(await read(second.position)).toEqual({ lines: [], position: second.position });
  });

  test('ends with its half line when the process is gone', async () => {
    await writeFile(path, 'one\nlast words');
    const all = await read('', true);
    expect(all.lines).toEqual(['one', 'last words']);
    expect((await read(all.position, true)).lines).toEqual([]);
  });

  test('is read in pieces when one line is longer than what is read at once', async () => {
    await writeFile(path, `${'x'.repeat(700_000)}\nend\n`);
    const lines: string[] = [];
    let position = '';
    for (let next = await read(position); next.position !== position; next = await read(position)) {
      lines.push(...next.lines);
      position = next.position;
    }
    expect(lines.join('')).toBe(`${'x'.repeat(700_000)}end`);
  });

  test('is emptied when it is large and read to its end, and goes on from there', async () => {
    await writeFile(path, 'a long line\n'.repeat(10));
    const { position } = await read('');
    expect(await emptyWhenRead(path, position, 1_000_000)).toBe(position);
    expect(await emptyWhenRead(path, position, 50)).toBe('');
    expect(await readFile(path, 'utf8')).toBe('');
    await appendFile(path, 'next\n');
    expect((await read('')).lines).toEqual(['next']);
  });

  test('is not emptied while something of it is unread', async () => {
    await writeFile(path, 'a long line\n'.repeat(10));
    const { position } = await read('');
    await appendFile(path, 'unread\n');
    expect(await emptyWhenRead(path, position, 50)).toBe(position);
    expect((await read(position)).lines).toEqual(['unread']);
  });

  test('that was emptied or replaced before its place was stored is read from its beginning', async () => {
    await writeFile(path, '10:00 first\n'.repeat(5));
    const { position } = await read('');
    await writeFile(path, '11:00 after\n');
    expect((await read(position)).lines).toEqual(['11:00 after']);
    await rename(path, `${path}.1`);
    await writeFile(path, '12:00 grown longer than the one before\n'.repeat(5));
    expect((await read(position)).lines).toHaveLength(5);
  });
});
