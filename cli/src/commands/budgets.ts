import type { ModelBudget } from '@aether/contracts/model-budgets';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { findMission, missionName } from '../find-mission.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { printTable } from '../view/table.js';

/** A number, or `none` for no bound. */
const bound = z
  .union([z.literal('none').transform(() => null), z.coerce.number().positive()], 'a number, or none')
  .optional();
export const boundFlags = [
  ['--max-tokens <count>', 'of model calls, or none'],
  ['--max-usd <dollars>', 'of model calls, or none'],
  ['--max-minutes <minutes>', 'of time, or none'],
  ['--max-attempts <count>', 'of all tasks together, or none'],
] as const;
export const bounds = { maxTokens: bound, maxUsd: bound, maxMinutes: bound, maxAttempts: bound };
type Bounds = z.output<z.ZodObject<typeof bounds>>;

/** Those bounds of a mission that were given. */
export const missionBounds = (given: Bounds) => ({
  ...(given.maxTokens !== undefined && { tokens: given.maxTokens }),
  ...(given.maxUsd !== undefined && { costUsd: given.maxUsd }),
  ...(given.maxMinutes !== undefined && { wallMinutes: given.maxMinutes }),
  ...(given.maxAttempts !== undefined && { attempts: given.maxAttempts }),
});

/** `budgets` and `budget deployment|mission|organisation`. */
export function addBudgets(program: Command): void {
  addCommand(program, {
    usage: 'budgets',
    summary: 'limits of model calls, with what is spent of them',
    examples: ['npx aether budgets'],
    input: z.object({}),
    async run({ config, terminal }) {
      const { items } = await new Api(await requireTarget(config)).call('GET /api/v1/budgets', {});
      terminal.answer({ budgets: items }, () => print(terminal, items));
    },
  });
  const group = program.command('budget').description('set what agents, missions and all of them may use');
  addDeployment(group);
  addMission(group);
  addOrganisation(group);
}

function addDeployment(group: Command): void {
  addCommand(group, {
    usage: 'deployment <name>',
    summary: 'what the model calls of one agent may take; without bounds it is lifted',
    flags: [['--period <period>', 'day, month or total (default: month)'], ...boundFlags.slice(0, 2)],
    examples: ['npx aether budget deployment first --max-usd 5', 'npx aether budget deployment first'],
    input: z.object({
      name: z.string().trim().min(1),
      period: z.enum(['day', 'month', 'total']).default('month'),
      maxTokens: bound,
      maxUsd: bound,
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id: deploymentId, name } = await api.call('GET /api/v1/deployments/{id}', { id: input.name });
      const limits = { limitTokens: input.maxTokens ?? null, limitUsd: input.maxUsd ?? null };
      if (limits.limitTokens !== null || limits.limitUsd !== null) {
        const set = { deploymentId, period: input.period, ...limits };
        const budget = await api.call('PUT /api/v1/budgets', set);
        return terminal.answer({ budget }, () => print(terminal, [budget]));
      }
      const { items } = await api.call('GET /api/v1/budgets', {});
      const its = items.filter(({ scopeId, period }) => scopeId === deploymentId && period === input.period);
      for (const { id } of its) await api.call('DELETE /api/v1/budgets/{id}', { id });
      terminal.answer({ lifted: its.map(({ id }) => id) }, () =>
        terminal.line(its.length === 0 ? `${name} has no such budget.` : `The budget of ${name} is lifted.`),
      );
    },
  });
}

function addMission(group: Command): void {
  addCommand(group, {
    usage: 'mission <mission>',
    summary: 'change the bounds of a mission; those that are not named stay',
    flags: boundFlags,
    examples: ['npx aether budget mission last --max-tokens 500000'],
    input: z.object({ mission: missionName, ...bounds }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { id, budget } = await findMission(api, input.mission);
      const mission = await api.call('PATCH /api/v1/missions/{id}', {
        id,
        budget: { ...budget, ...missionBounds(input) },
      });
      terminal.answer({ mission }, () => {
        terminal.line(`"${mission.title}" may use ${told(mission.budget)}.`);
        if (mission.state === 'paused') terminal.line(`  It is paused: npx aether mission resume ${id}`);
      });
    },
  });
}

function addOrganisation(group: Command): void {
  addCommand(group, {
    usage: 'organisation',
    summary: 'what everything together may use in a month; bounds that are not named stay',
    flags: boundFlags,
    examples: ['npx aether budget organisation --max-usd 100'],
    input: z.object(bounds),
    async run({ config, terminal, input }) {
      const { wallMinutes: agentMinutes, ...others } = missionBounds(input);
      const change = { ...others, ...(agentMinutes !== undefined && { agentMinutes }) };
      const api = new Api(await requireTarget(config));
      const budget = await api.call('PATCH /api/v1/organisation/budget', change);
      terminal.answer({ budget }, () =>
        terminal.line(`All together may use ${told(budget.bounds)} a month.`),
      );
    },
  });
}

const units = {
  tokens: 'tokens',
  costUsd: 'dollars',
  wallMinutes: 'minutes',
  agentMinutes: 'minutes of agents',
  attempts: 'attempts',
} as const;

function told(budget: Partial<Record<keyof typeof units, number | null>>): string {
  const parts = Object.entries(units).flatMap(([name, unit]) => {
    const value = budget[name as keyof typeof units];
    return typeof value === 'number' ? `${value.toLocaleString('en')} ${unit}` : [];
  });
  return parts.join(', ') || 'as much as it takes';
}

function print(terminal: Terminal, budgets: readonly ModelBudget[]): void {
  if (budgets.length === 0) {
    terminal.line('No budget limits model calls. Set one:');
    return terminal.line('  npx aether budget deployment first --max-usd 5');
  }
  printTable(
    terminal,
    ['OF', 'ID', 'PERIOD', 'TOKENS', 'COST', 'HELD NOW'],
    budgets.map((budget) => [
      budget.scope,
      budget.scopeId ?? '–',
      budget.period,
      `${budget.spentTokens.toLocaleString('en')} of ${budget.limitTokens?.toLocaleString('en') ?? 'any'}`,
      `$${budget.spentUsd.toFixed(4)} of ${budget.limitUsd === null ? 'any' : `$${budget.limitUsd}`}`,
      `${budget.reservedTokens.toLocaleString('en')} tokens`,
    ]),
  );
}
