import { readFile } from 'node:fs/promises';
import { AgentFileName, type Agent, type AgentFile } from '@aether/contracts/agents';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { CommandError } from '../command-error.js';
import { addCommand } from '../command-line.js';
import { agentsOfGateway, findAgent, unknownAgent } from '../find-agent.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { plainText } from '../view/plain-text.js';
import { printTable } from '../view/table.js';

/**
 * `agent list|add|set|remove|models|files|read|write`: the agents inside a gateway. One is named by its gateway and its
 * own name, `first/worker-b`; a gateway alone means its first agent.
 */
export function addAgent(program: Command): void {
  const group = program.command('agent').description('several agents in one gateway, and what each is told');
  addCommand(group, {
    usage: 'list <gateway>',
    summary: 'list the agents inside a gateway',
    examples: ['npx aether agent list first'],
    input: z.object({ gateway: z.string().min(1) }),
    async run({ config, terminal, input }) {
      const agents = await agentsOf(new Api(await requireTarget(config)), input.gateway);
      terminal.answer({ agents }, () => print(terminal, agents));
    },
  });
  addCommand(group, {
    usage: 'add <gateway> <name>',
    summary: 'add an agent to a gateway that runs',
    flags: [
      ['--model <model>', "a model that the gateway offers (default: the gateway's own)"],
      ['--instructions <path>', 'a file that tells the agent what it is (kept as AGENTS.md)'],
    ],
    examples: ['npx aether agent add first "Worker B" --instructions worker.md'],
    input: z.object({
      gateway: z.string().min(1),
      name: z.string().min(1),
      model: z.string().min(1).optional(),
      instructions: z.string().min(1).optional(),
    }),
    async run({ config, terminal, input: { gateway, name, model, instructions } }) {
      const api = new Api(await requireTarget(config));
      const [first] = await agentsOf(api, gateway);
      const files = instructions === undefined ? {} : { 'AGENTS.md': await textOf(instructions) };
      const added = { deploymentId: first.deploymentId, name, ...(model && { model }), files };
      const agent = await api.call('POST /api/v1/agents', added);
      terminal.answer({ agent }, () => terminal.line(`${gateway}/${agent.id} is there.`));
    },
  });
  addCommand(group, {
    usage: 'set <agent>',
    summary: 'rename an agent, or give it another model',
    flags: [
      ['--name <name>', 'the new name'],
      ['--model <model>', 'a model that the gateway offers; `default` follows the gateway'],
    ],
    examples: ['npx aether agent set first/worker-b --model aether/default'],
    input: z.object({
      agent: z.string().min(1),
      name: z.string().min(1).optional(),
      model: z.string().min(1).optional(),
    }),
    async run({ config, terminal, input: { agent: address, name, model } }) {
      const api = new Api(await requireTarget(config));
      const change = {
        ...(name !== undefined && { name }),
        ...(model !== undefined && { model: model === 'default' ? null : model }),
      };
      const which = await whichOf(api, address);
      const agent = await api.call('PATCH /api/v1/agents/{deploymentId}/{agentId}', { ...which, ...change });
      terminal.answer({ agent }, () => print(terminal, [agent]));
    },
  });
  addCommand(group, {
    usage: 'remove <agent>',
    summary: 'remove an agent from its gateway, with its workspace',
    examples: ['npx aether agent remove first/worker-b'],
    input: z.object({ agent: z.string().min(1) }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const which = await whichOf(api, input.agent);
      const removed = await api.call('DELETE /api/v1/agents/{deploymentId}/{agentId}', which);
      terminal.answer(removed, () => terminal.line(`${input.agent} is removed.`));
    },
  });
  addCommand(group, {
    usage: 'models <gateway>',
    summary: 'list the models that agents of a gateway can be given',
    examples: ['npx aether agent models first'],
    input: z.object({ gateway: z.string().min(1) }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const { deploymentId } = await whichOf(api, input.gateway);
      const { items } = await api.call('GET /api/v1/gateways/{deploymentId}/models', { deploymentId });
      terminal.answer({ models: items }, () => {
        printTable(
          terminal,
          ['MODEL', 'NAME'],
          items.map(({ id, name }) => [id, name].map(plainText)),
        );
      });
    },
  });
  addFiles(group);
}

function addFiles(group: Command): void {
  const File = z.object({ agent: z.string().min(1), file: AgentFileName });
  addCommand(group, {
    usage: 'files <agent>',
    summary: "list an agent's instructions",
    examples: ['npx aether agent files first/worker-b'],
    input: z.object({ agent: z.string().min(1) }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const which = await whichOf(api, input.agent);
      const { items } = await api.call('GET /api/v1/agents/{deploymentId}/{agentId}/files', which);
      terminal.answer({ files: items }, () => printFiles(terminal, items));
    },
  });
  addCommand(group, {
    usage: 'read <agent> <file>',
    summary: "print one file of an agent's instructions",
    examples: ['npx aether agent read first SOUL.md'],
    input: File,
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const which = { ...(await whichOf(api, input.agent)), name: input.file };
      const file = await api.call('GET /api/v1/agents/{deploymentId}/{agentId}/files/{name}', which);
      terminal.answer({ file }, () => terminal.line(plainText(file.content ?? '')));
    },
  });
  addCommand(group, {
    usage: 'write <agent> <file>',
    summary: "write one file of an agent's instructions, which counts from its next turn on",
    flags: [['--from <path>', 'where the text is']],
    examples: ['npx aether agent write first SOUL.md --from soul.md'],
    input: File.extend({ from: z.string().min(1) }),
    async run({ config, terminal, input: { agent, file: name, from } }) {
      const api = new Api(await requireTarget(config));
      const content = await textOf(from);
      const which = { ...(await whichOf(api, agent)), name, content };
      const file = await api.call('PUT /api/v1/agents/{deploymentId}/{agentId}/files/{name}', which);
      terminal.answer({ file }, () => terminal.line(`${name} of ${agent} is written, ${file.size} bytes.`));
    },
  });
}

async function agentsOf(api: Api, gateway: string): Promise<[Agent, ...Agent[]]> {
  const { items } = await api.call('GET /api/v1/agents', {});
  const [first, ...others] = agentsOfGateway(items, gateway);
  if (first) return [first, ...others];
  throw unknownAgent(gateway);
}

async function whichOf(api: Api, address: string): Promise<{ deploymentId: string; agentId: string }> {
  const found = await findAgent(api, address);
  if (found) return { deploymentId: found.deploymentId, agentId: found.id };
  throw unknownAgent(address);
}

async function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    throw new CommandError({
      code: 'file_unreadable',
      detail: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'Name a text file that is there.',
    });
  });
}

function print(terminal: Terminal, agents: readonly Agent[]): void {
  printTable(
    terminal,
    ['AGENT', 'NAME', 'MODEL', 'ONLINE'],
    agents.map(({ id, name, model, deploymentName, online }) => [
      `${deploymentName}/${id}`,
      plainText(name),
      plainText(model ?? '–'),
      online ? 'yes' : 'no',
    ]),
  );
}

function printFiles(terminal: Terminal, files: readonly AgentFile[]): void {
  printTable(
    terminal,
    ['FILE', 'SIZE'],
    files.map(({ name, size, missing }) => [name, missing ? 'not written' : `${size} bytes`]),
  );
}
