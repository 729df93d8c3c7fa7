import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { reap } from '../src/attempts/reap.js';
import { environmentOf, runCommand } from '../src/attempts/run-command.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'aether-command-'));
});
afterEach(async () => {
  await reap(directory);
  rmSync(directory, { recursive: true });
});

const run = (command: string, { timeoutS = 30, signal = new AbortController().signal } = {}) =>
  runCommand({
    command,
    directory,
    environment: environmentOf({ ports: [4_100, 4_101], id: 'an-attempt' }),
    timeoutS,
    signal,
  });

describe('a command of a mission', () => {
  test('is told by its exit code and the end of what it said, and knows its ports', async () => {
    const ended = await run('echo $AETHER_PORT_1 $AETHER_PORT_2 $AETHER_ATTEMPT; echo wrong >&2; exit 3');
    expect(ended).toMatchObject({ exitCode: 3, timedOut: false, output: '4100 4101 an-attempt\nwrong\n' });
  });

  test("sees nothing of Aether's own environment", async () => {
    const { output } = await run('env | cut -d= -f1 | sort | tr "\\n" " "');
    expect(output.trim().split(' ')).toEqual(
      expect.not.arrayContaining(['NATS_PASSWORD', 'DATABASE_URL', 'MASTER_KEY', 'NODE_OPTIONS']),
    );
  });

  test('is ended after its time, with what it began', async () => {
    const ended = await run('sleep 300 & echo $! > pid; wait', { timeoutS: 1 });
    expect(ended).toMatchObject({ exitCode: null, timedOut: true });
    await eventually(() => expect(isAlive(Number(readFileSync(join(directory, 'pid'), 'utf8')))).toBe(false));
  });

  test('is ended when its attempt is', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 200);
    expect(await run('sleep 300', { signal: abort.signal })).toMatchObject({ exitCode: null });
  });

  test('is over when it ends, whoever holds its output: a program that left its group is ended with the directory', async () => {
    const leave = "setsid sh -c 'echo $$ > pid; exec sleep 300' &";
    const ended = await run(`${leave} until [ -s pid ]; do sleep 0.05; done; echo begun`);
    expect(ended).toMatchObject({ exitCode: 0, output: 'begun\n' });
    const pid = Number(readFileSync(join(directory, 'pid'), 'utf8'));
    expect(isAlive(pid)).toBe(true);
    expect(await reap(directory)).toBe(1);
    await eventually(() => expect(isAlive(pid)).toBe(false));
  });
});

test('what was left running is ended by where it works, and nothing else', async () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'aether-command-'));
  const inside = spawn('sleep', ['300'], { cwd: directory });
  const beside = spawn('sleep', ['300'], { cwd: elsewhere });
  await Promise.all([once(inside, 'spawn'), once(beside, 'spawn')]);
  const ended = once(inside, 'exit');
  expect(await reap(directory)).toBe(1);
  expect(await ended).toEqual([null, 'SIGKILL']);
  expect(beside.exitCode).toBeNull();
  beside.kill('SIGKILL');
  rmSync(elsewhere, { recursive: true });
});

/** A zombie, which nobody has asked about yet, is dead. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
