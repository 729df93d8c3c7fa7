import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import {
  identify,
  isAlive,
  processesWith,
  residentBytes,
  signal,
} from '@aether/openclaw-process/process-table';
import { eventually } from '@aether/testing/eventually';

test('a process is known by its pid and its start, and not once it has ended', async () => {
  const child = spawn('sleep', ['60']);
  await once(child, 'spawn');
  const identity = identify(child.pid ?? 0);
  if (!identity) throw new Error('no identity');
  expect(isAlive(identity)).toBe(true);
  // Small until the program is loaded.
  await eventually(() => expect(residentBytes(identity.pid)).toBeGreaterThan(100_000));
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(identity)).toBe(false);
});

test('another process with a recycled pid is not taken for the first', () => {
  const mine = identify(process.pid);
  if (!mine) throw new Error('no identity');
  expect(isAlive({ pid: mine.pid, start: mine.start })).toBe(true);
  expect(isAlive({ pid: mine.pid, start: `${mine.start}1` })).toBe(false);
});

test('a process that left its group, session and parent is found by what it inherited', async () => {
  const mark = randomUUID();
  const shell = spawn('sh', ['-c', '(setsid sleep 60 &)'], { env: { ...process.env, TEST_MARK: mark } });
  await once(shell, 'exit');
  const [pid] = await eventually(() => {
    const pids = processesWith('TEST_MARK', mark);
    expect(pids).toHaveLength(1);
    return pids;
  });
  expect(pid).not.toBe(shell.pid);
  signal(pid ?? 0, 'SIGKILL');
  await eventually(() => expect(processesWith('TEST_MARK', mark)).toEqual([]));
});
