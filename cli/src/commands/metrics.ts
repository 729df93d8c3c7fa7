import { Slug } from '@aether/contracts/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { requireTarget } from '../sign-in.js';
import { printTable } from '../view/table.js';

const UNKNOWN = 'unknown';
const MEGABYTE = 1_048_576;

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
      const limit = memoryLimitBytes === null ? '' : ` of ${megabytes(memoryLimitBytes)}`;
      terminal.answer({ metrics }, () =>
        printTable(
          terminal,
          ['PROCESSOR', 'MEMORY', 'RECEIVED', 'SENT', 'DISK', 'PROCESSES'],
          [
            [
              cpuPercent === null ? UNKNOWN : `${cpuPercent.toFixed(1)} %`,
              `${megabytes(memoryBytes)}${limit}`,
              megabytes(metrics.receivedBytes),
              megabytes(metrics.sentBytes),
              megabytes(metrics.diskBytes),
              String(processes ?? UNKNOWN),
            ],
          ],
        ),
      );
    },
  });
}

const megabytes = (bytes: number | null) =>
  bytes === null ? UNKNOWN : `${(bytes / MEGABYTE).toFixed(bytes < 10 * MEGABYTE ? 1 : 0)} MB`;
