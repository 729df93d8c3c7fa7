import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Runs `code` (an ES module) in a process that stays, until it is killed, and resolves with the line it prints. */
export async function startParent(code: string): Promise<{ said: string; kill(): Promise<void> }> {
  const args = ['--input-type=module', '--eval', `${code}\nsetInterval(() => undefined, 1_000);`];
  const child = spawn(process.execPath, args, {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  const ended = once(child, 'exit').then(() => {
    throw new Error('The parent process ended before it said anything.');
  });
  const [said] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  ended.catch(() => undefined);
  return {
    said,
    kill: async () => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
