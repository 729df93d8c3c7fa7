import { Slug } from '@aether/contracts/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { requireTarget } from '../sign-in.js';
import { bytes } from '../view/bytes.js';
import { printTable } from '../view/table.js';

const UNKNOWN = 'unknown';

export function addMetrics(program: Command): void {
  addCommand(program, {
    usage: 'metrics <name>',
    summary: 'show what an agent uses of the machine now',
    examples: ['npx aether metrics first'],
    input: z.object({ name: Slug }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const metrics = await api.call('GET /api/v1/deployments/{id}/metrics', { id: input.name });
      const { cpuPercent, memoryBytes, memoryLimitBytes, processes } = metrics;
      const limit = memoryLimitBytes === null ? '' : ` of ${size(memoryLimitBytes)}`;
      terminal.answer({ metrics }, () =>
        printTable(
          terminal,
          ['PROCESSOR', 'MEMORY', 'RECEIVED', 'SENT', 'DISK', 'PROCESSES'],
          [
            [
              cpuPercent === null ? UNKNOWN : `${cpuPercent.toFixed(1)} %`,
              `${size(memoryBytes)}${limit}`,
              size(metrics.receivedBytes),
              size(metrics.sentBytes),
              size(metrics.diskBytes),
              String(processes ?? UNKNOWN),
            ],
          ],
        ),
      );
    },
  });
}

const size = (count: number | null) => (count === null ? UNKNOWN : bytes(count));
