import type { UsageSum } from '@aether/contracts/model-budgets';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';
import { printTable } from '../view/table.js';
import { checkUsage } from './usage-check.js';

const by = z.enum(['day', 'model', 'deployment', 'mission', 'session']).default('day');

/** `usage`. */
export function addUsage(program: Command): void {
  addCommand(program, {
    usage: 'usage',
    summary: 'what model calls took, and what they cost',
    flags: [
      ['--by <what>', 'day, model, deployment, mission or session (default: day)'],
      ['--days <count>', 'how far back, today included (default: 30)'],
      ['--check', "hold the ledger against the gateways' own record of their calls, now"],
      ['--deployment <name>', 'of this one only'],
    ],
    examples: ['npx aether usage --by mission --days 7', 'npx aether usage --check'],
    input: z.object({
      by,
      days: z.coerce.number().int().min(1).max(366).default(30),
      check: z.boolean().default(false),
      deployment: z.string().trim().min(1).optional(),
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { by: what, days, deployment } = input;
      if (input.check) return checkUsage(api, terminal, deployment);
      const deploymentId =
        deployment && (await api.call('GET /api/v1/deployments/{id}', { id: deployment })).id;
      const query = { by: what, days, ...(deploymentId && { deploymentId }) };
      const { items } = await api.call('GET /api/v1/usage/summary', query);
      terminal.answer({ usage: items }, () => print(terminal, items, what));
    },
  });
}

function print(terminal: Terminal, sums: readonly UsageSum[], what: string): void {
  if (sums.length === 0) return terminal.line('No model was called in this time.');
  printTable(
    terminal,
    [what.toUpperCase(), 'CALLS', 'TOKENS IN', 'CACHED', 'TOKENS OUT', 'COST'],
    sums.map((sum) => [
      plainText(sum.key ?? 'none'),
      ...[sum.calls, sum.inputTokens, sum.cachedInputTokens, sum.outputTokens].map((count) =>
        count.toLocaleString('en'),
      ),
      `$${sum.costUsd.toFixed(4)}${sum.unpricedCalls > 0 ? ` and ${sum.unpricedCalls} calls of unknown price` : ''}`,
    ]),
  );
}
