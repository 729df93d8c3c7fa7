import { setTimeout as delay } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { addCommand } from '../command-line.js';
import { CommandError } from '../command-error.js';
import { readInstance } from '../host/instance.js';
import { isAlive } from '../host/process-identity.js';
import { duration } from '../view/duration.js';

/** Longer than the host gives its parts to end. */
const TIMEOUT_S = 60;
const LOOK_EVERY_MS = 50;

export function addDown(program: Command): void {
  addCommand(program, {
    usage: 'down',
    summary: 'stop the local system; everything it keeps stays',
    flags: [['--timeout <seconds>', `how long to wait at most (default: ${TIMEOUT_S})`]],
    examples: ['npx aether down'],
    input: z.object({ timeout: z.coerce.number().positive().default(TIMEOUT_S) }),
    async run({ config, terminal, input }) {
      const instance = await readInstance(config.dataDir);
      if (!instance)
        return terminal.answer({ stopped: false }, () =>
          terminal.line(`No local system runs on ${config.dataDir}.`),
        );
      const startedAt = performance.now();
      process.kill(instance.pid, 'SIGTERM');
      const deadline = startedAt + input.timeout * 1_000;
      while (isAlive(instance.pid, instance.startTime)) {
        if (performance.now() > deadline) throw stillRunning(instance.pid, input.timeout);
        await delay(LOOK_EVERY_MS);
      }
      terminal.answer({ stopped: true, pid: instance.pid }, () =>
        terminal.line(
          `${terminal.colours.green('✔')} Stopped after ${duration(performance.now() - startedAt)}. Start it again with \`npx aether up\`.`,
        ),
      );
    },
  });
}

function stillRunning(pid: number, timeoutS: number): CommandError {
  return new CommandError({
    code: 'wait_timeout',
    detail: `The host (process ${pid}) has not ended after ${timeoutS} s.`,
    hint: `It may be waiting for a running turn. Wait longer with --timeout, or end it with \`kill -9 ${pid}\`: nothing that was accepted is lost.`,
  });
}
