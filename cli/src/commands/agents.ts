import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { listAll } from '../api-pages.js';
import { addCommand } from '../command-line.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { stateLabel } from '../view/deployment-state.js';
import { plainText } from '../view/plain-text.js';
import { printTable } from '../view/table.js';

export function addAgents(program: Command): void {
  addCommand(program, {
    usage: 'agents',
    alias: 'ls',
    summary: 'list what is deployed',
    examples: ['npx aether agents', 'npx aether ls --json'],
    input: z.object({}),
    async run({ config, terminal }) {
      const overview = await readAgents(new Api(await requireTarget(config)));
      terminal.answer(overview, () => printAgents(terminal, overview));
    },
  });
}

export type AgentsOverview = Awaited<ReturnType<typeof readAgents>>;

export async function readAgents(api: Api) {
  const [deployments, agents] = await Promise.all([
    listAll(api, 'GET /api/v1/deployments', {}),
    api.call('GET /api/v1/agents', {}),
  ]);
  return { deployments: deployments.filter(({ state }) => state !== 'deleted'), agents: agents.items };
}

export function printAgents(terminal: Terminal, { deployments, agents }: AgentsOverview): void {
  const { colours } = terminal;
  if (deployments.length === 0) {
    terminal.line('Nothing is deployed yet. Deploy an agent:');
    return terminal.line(`  ${colours.bold('npx aether deploy --template general --name first --wait')}`);
  }
  printTable(
    terminal,
    ['NAME', 'STATE', 'TEMPLATE', 'MODEL', 'AGENTS', 'SEEN BY', 'ADDRESS'],
    deployments.map((deployment) => {
      const own = agents.filter(({ deploymentId }) => deploymentId === deployment.id);
      const online = own.filter((agent) => agent.online).length;
      return [
        deployment.name,
        stateLabel(deployment.state, colours),
        deployment.template,
        plainText(deployment.model),
        own.length === 0 ? '–' : `${online}/${own.length} online`,
        deployment.visibility === 'open' ? 'all' : 'its person',
        deployment.url ?? '–',
      ];
    }),
  );
  for (const { name, failure } of deployments)
    if (failure)
      terminal.line(`${colours.red('✖')} ${name}: ${failure.cause} ${colours.cyan('→')} ${failure.remedy}`);
}
