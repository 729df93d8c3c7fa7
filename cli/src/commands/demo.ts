import type { Task } from '@aether/contracts/mission-schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { addCommand } from '../command-line.js';
import { CommandError } from '../command-error.js';
import { demoAgents } from '../demo/demo-agents.js';
import { demoSystem } from '../demo/demo-system.js';
import { GOAL, git, makeSampleRepository } from '../demo/sample-repository.js';
import type { Terminal } from '../terminal.js';
import { duration } from '../view/duration.js';
import { graphLines } from '../view/mission-graph.js';
import { inOrder } from '../view/mission-view.js';
import { plainText } from '../view/plain-text.js';
import { Redrawn } from '../view/redrawn.js';
import { printTable } from '../view/table.js';
import { watchMission, type MissionPicture } from '../watch-mission.js';

const TIMEOUT_MS = 900_000;

export function addDemo(program: Command): void {
  addCommand(program, {
    usage: 'demo',
    summary: 'see a mission carried out: two agents, six tasks, one repository',
    flags: [['--keep', 'leave the system running that was started for the demo']],
    examples: ['npx aether demo', 'npm run demo'],
    input: z.object({ keep: z.boolean().default(false) }),
    async run({ config, terminal, input }) {
      const begun = performance.now();
      heading(terminal, '1', 'A system');
      const system = await demoSystem(config, terminal);
      terminal.line(
        `  ${system.api.target.url}${system.isOwn ? ', started for the demo' : ', the one you are signed in to'}`,
      );
      try {
        const { picture, repository } = await carryOut(system, terminal);
        const { mission, tasks, attempts } = picture;
        const branch = mission.branch ?? '';
        const log = await git(repository, 'log', '--graph', '--format=%h %an: %s', `main..${branch}`);
        terminal.answer({ mission, tasks, attempts, repository, log, isOwn: system.isOwn }, () => {
          heading(terminal, '5', `What is in ${branch}`);
          for (const line of plainText(log).split('\n')) terminal.line(`  ${line}`);
          heading(terminal, '6', 'The receipts');
          receipts(terminal, tasks);
          heading(terminal, '7', "Jason's report");
          terminal.line(indent(plainText(mission.report ?? '')));
          terminal.line('');
          terminal.line(
            `${terminal.colours.green('✔')} Done after ${duration(performance.now() - begun)}. The repository is ${terminal.colours.bold(repository)}.`,
          );
        });
      } finally {
        if (!input.keep) await system.stop();
      }
    },
  });
}

async function carryOut(
  { api }: Awaited<ReturnType<typeof demoSystem>>,
  terminal: Terminal,
): Promise<{ picture: MissionPicture; repository: string }> {
  heading(terminal, '2', 'Agents, each a real OpenClaw gateway');
  await demoAgents(api, terminal);
  const { items } = await api.call('GET /api/v1/pool', {});
  for (const { name, capabilities } of items) terminal.line(`  ${name}: ${capabilities.join(', ')}`);
  heading(terminal, '3', 'A goal and a repository');
  const repository = await makeSampleRepository();
  terminal.line(indent(GOAL));
  const { id } = await api.call('POST /api/v1/missions', {
    goal: GOAL,
    repository,
    autonomy: 'auto',
    labels: ['demo'],
  });
  heading(terminal, '4', 'The graph, as it advances');
  const screen = new Redrawn(terminal);
  const picture = await watchMission(api, id, {
    timeoutMs: TIMEOUT_MS,
    onChange: (now) => screen.show(graphLines(now, terminal.colours).map((line) => `  ${line}`)),
  });
  const { mission } = picture;
  if (mission.state === 'completed') return { picture, repository };
  throw new CommandError({
    code: mission.reason?.code ?? 'mission_unfinished',
    detail:
      mission.reason?.cause ??
      `The mission is ${mission.state} and waits for ${mission.waitsFor ?? 'nothing'}.`,
    hint: mission.reason?.remedy ?? `See it with \`npx aether mission show ${id}\`.`,
    document: { mission },
  });
}

function receipts(terminal: Terminal, tasks: readonly Task[]): void {
  printTable(
    terminal,
    ['  TASK', 'BY', 'COMMIT', 'FILES', 'CHECKS', 'TOKENS'],
    inOrder(tasks).map(({ key, agentName, receipt }) => [
      `  ${key}`,
      agentName ?? '–',
      receipt?.mergeCommit?.slice(0, 8) ?? '–',
      receipt?.files.map(({ path, additions }) => `${path} +${additions ?? 0}`).join(', ') ?? '–',
      receipt?.checks.map(({ name, exitCode }) => `${exitCode === 0 ? '✔' : '✖'} ${name}`).join(', ') ?? '–',
      String(receipt?.tokens ?? 0),
    ]),
  );
}

function heading(terminal: Terminal, number: string, text: string): void {
  const { bold, cyan } = terminal.colours;
  terminal.line('');
  terminal.line(`${cyan(number)}  ${bold(text)}`);
}

const indent = (text: string) =>
  text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
