import { spawn } from 'node:child_process';
import type { AttemptRow } from './attempt.entity.js';

/** How long output is waited for that nobody alive writes; a program that left the group may hold the pipes for ever. */
const PIPES_MS = 1_000;
/** What is kept of a command's output: its end. */
const OUTPUT_MAX = 16_000;

export interface CommandOrder {
  readonly command: string;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutS: number;
  readonly signal: AbortSignal;
}

export interface CommandEnd {
  /** Null where it was ended by a signal, ours included. */
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly output: string;
  readonly durationMs: number;
}

/** Nothing of Aether's own environment: what a command needs is in the directory, or set up there. */
export function environmentOf({ ports, id }: Pick<AttemptRow, 'ports' | 'id'>): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LC_ALL: 'C.UTF-8',
    CI: 'true',
    AETHER_ATTEMPT: id,
    ...Object.fromEntries(ports.map((port, index) => [`AETHER_PORT_${index + 1}`, String(port)])),
  };
}

/** Runs a command of a mission by `sh -c` in a group of its own, which ends with it, whatever it left running. */
export async function runCommand(order: CommandOrder): Promise<CommandEnd> {
  const begun = Date.now();
  const child = spawn('/bin/sh', ['-c', order.command], {
    cwd: order.directory,
    env: { HOME: order.directory, ...order.environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (piece: Buffer) => {
    output = (output + piece.toString('utf8')).slice(-OUTPUT_MAX);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    endGroup(child.pid);
  }, order.timeoutS * 1_000);
  const stop = () => endGroup(child.pid);
  order.signal.addEventListener('abort', stop, { once: true });
  try {
    const exitCode = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      // Its own end counts; what it left running may hold the pipes open.
      child.once('exit', (code) => {
        endGroup(child.pid);
        const held = setTimeout(() => {
          child.stdout.destroy();
          child.stderr.destroy();
        }, PIPES_MS);
        child.once('close', () => {
          clearTimeout(held);
          resolve(code);
        });
      });
    });
    return { exitCode: timedOut ? null : exitCode, timedOut, output, durationMs: Date.now() - begun };
  } finally {
    clearTimeout(timer);
    order.signal.removeEventListener('abort', stop);
  }
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
