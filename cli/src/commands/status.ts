import { Health } from '@aether/contracts/operations';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import type { CliConfig } from '../config.js';
import { readInstance } from '../host/instance.js';
import { readSignIn } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { duration } from '../view/duration.js';
import { printAgents, readAgents, type AgentsOverview } from './agents.js';

const ANSWER_WITHIN_MS = 5_000;

export function addStatus(program: Command): void {
  addCommand(program, {
    usage: 'status',
    summary: 'show what runs, and how it is',
    examples: ['npx aether status', 'npx aether status --json'],
    input: z.object({}),
    async run({ config, terminal }) {
      const status = await readStatus(config);
      terminal.answer(status, () => printStatus(terminal, status));
      if (!status.health?.ready) process.exitCode = 1;
    },
  });
}

type Status = Awaited<ReturnType<typeof readStatus>>;

async function readStatus(config: CliConfig) {
  const instance = await readInstance(config.dataDir);
  const signIn = await readSignIn(config);
  const url = config.url ?? instance?.url ?? signIn?.url ?? null;
  const apiKey = config.apiKey ?? (signIn?.url === url ? (signIn?.apiKey ?? null) : null);
  const health = url ? await readHealth(url) : null;
  const overview =
    url && apiKey && health
      ? await readAgents(new Api({ url, apiKey }, { patient: false })).catch(() => null)
      : null;
  return {
    running: health !== null,
    url,
    dataDir: config.dataDir,
    host: instance && { pid: instance.pid, state: instance.state, startedAt: instance.startedAt },
    health,
    signedIn: apiKey !== null,
    deployments: overview?.deployments ?? null,
    agents: overview?.agents ?? null,
  };
}

/** Null where nothing answers; a system that is not ready answers too, with reasons. */
async function readHealth(url: string): Promise<Health | null> {
  try {
    const response = await fetch(new URL('/health/ready', url), {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return Health.parse(await response.json());
  } catch {
    return null;
  }
}

function printStatus(terminal: Terminal, status: Status): void {
  const { green, red, yellow, bold, dim } = terminal.colours;
  const { host, health, url } = status;
  if (host) {
    const age = duration(Date.now() - new Date(host.startedAt).getTime());
    terminal.line(
      `${green('●')} host     process ${host.pid}, ${host.state}, for ${age}  ${dim(status.dataDir)}`,
    );
  } else terminal.line(`${dim('○')} host     none on ${status.dataDir}`);
  if (!health) {
    terminal.line(`${red('✖')} address  ${url ? `nothing answers at ${url}` : 'none'}`);
    return terminal.line(`  Start the local system with ${bold('npx aether up --detach')}.`);
  }
  terminal.line(`${health.ready ? green('●') : yellow('▲')} address  ${bold(url ?? '')}`);
  for (const { name, ok, detail } of health.checks)
    terminal.line(`  ${ok ? green('✔') : red('✖')} ${name}${detail ? dim(`  ${detail}`) : ''}`);
  terminal.line();
  if (status.deployments && status.agents) {
    const overview: AgentsOverview = { deployments: status.deployments, agents: status.agents };
    printAgents(terminal, overview);
  } else if (status.signedIn)
    terminal.line(dim('The agents cannot be listed now: see what is marked above.'));
  else terminal.line(dim('Sign in with `npx aether login` to see the agents.'));
}
