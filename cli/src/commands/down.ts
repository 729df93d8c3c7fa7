import type { Command } from 'commander';
import { z } from 'zod';
import { addCommand } from '../command-line.js';
import { readInstance } from '../host/instance.js';
import { stopHost } from '../host/stop-host.js';
import { duration } from '../view/duration.js';

/** Longer than the host gives its parts to end. */
const TIMEOUT_S = 60;

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
      await stopHost(instance, input.timeout);
      terminal.answer({ stopped: true, pid: instance.pid }, () =>
        terminal.line(
          `${terminal.colours.green('✔')} Stopped after ${duration(performance.now() - startedAt)}. Start it again with \`npx aether up\`.`,
        ),
      );
    },
  });
}
