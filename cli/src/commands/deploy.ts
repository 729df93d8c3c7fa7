import type { Deployment } from '@aether/contracts/deployer';
import { Runtime } from '@aether/contracts/deployer';
import { Slug } from '@aether/contracts/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { finishOperation } from '../finish-operation.js';
import { askChoice, askText } from '../prompts.js';
import { runtimeFlags, runtimeInput, settingsOf } from '../runtime-flags.js';
import { requireTarget } from '../sign-in.js';
import type { Terminal } from '../terminal.js';
import { duration } from '../view/duration.js';
import { stateLabel } from '../view/deployment-state.js';
import { deployMany } from './deploy-many.js';

/** Longer than the deadlines of all steps together: the first deploy installs OpenClaw. */
export const WAIT_TIMEOUT_S = 1_500;

export function addDeploy(program: Command): void {
  addCommand(program, {
    usage: 'deploy',
    summary: 'deploy an agent',
    flags: [
      ['--template <template>', 'what the agent is good at: general, coding, research, support'],
      ['--preset <preset>', 'saved settings instead of template, runtime, model and limits'],
      ['--name <name>', 'how the agent is called from then on'],
      ['--count <number>', 'so many of it, called <name>-1, <name>-2 ...: all or none (default: 1)'],
      ['--runtime <runtime>', `where it runs, one of: ${Runtime.options.join(', ')} (default: process)`],
      ...runtimeFlags,
      ['--model <model>', "instead of the system's default model"],
      ['--private', 'only you and administrators see it, and it is given no tasks'],
      ['--wait', 'wait until it is ready, or failed'],
      ['--timeout <seconds>', `how long to wait at most (default: ${WAIT_TIMEOUT_S})`],
    ],
    examples: [
      'npx aether deploy --template general --runtime process --name first --wait',
      'npx aether deploy --template coding --name coder --wait --json',
      'npx aether deploy --preset coders --name builder --count 3 --wait',
    ],
    input: z.object({
      template: Slug.optional(),
      preset: Slug.optional(),
      name: Slug.optional(),
      count: z.coerce.number().int().min(1).max(50).default(1),
      runtime: Runtime.optional(),
      ...runtimeInput,
      model: z.string().optional(),
      private: z.boolean().default(false),
      wait: z.boolean().default(false),
      timeout: z.coerce.number().positive().default(WAIT_TIMEOUT_S),
    }),
    async run({ config, terminal, input }) {
      const api = new Api(await requireTarget(config));
      const visibility = input.private ? 'private' : 'open';
      if (input.preset !== undefined || input.count > 1)
        return deployMany({ api, terminal, input: { ...input, settings: settingsOf(input), visibility } });
      const template = input.template ?? (await chooseTemplate(api, terminal));
      const name =
        input.name ??
        (await askText({ terminal, flag: '--name', message: 'Name of the agent', suggestion: template }));
      const { model } = input;
      const runtime = input.runtime ?? (await chooseRuntime(terminal, input.template === undefined));
      const settings = settingsOf(input);
      const accepted = await api.call('POST /api/v1/deployments', {
        template,
        name,
        runtime,
        model,
        settings,
        visibility,
      });
      if (!input.wait)
        return terminal.answer({ deployment: accepted }, () => {
          terminal.line(`${stateLabel(accepted.state, terminal.colours)}  ${name}`);
          terminal.line(terminal.colours.dim(`Follow it with: npx aether logs ${name} -f`));
        });
      terminal.line(`Deploying ${terminal.colours.bold(name)} (${template}, ${runtime}, ${accepted.model})`);
      const deployment = await finishOperation({
        api,
        terminal,
        deployment: accepted,
        wanted: 'ready',
        timeoutMs: input.timeout * 1_000,
      });
      terminal.answer({ deployment }, () => tellReady(terminal, deployment));
    },
  });
}

async function chooseTemplate(api: Api, terminal: Terminal): Promise<string> {
  const { items } = await api.call('GET /api/v1/templates', {});
  const choices = items.map(({ id, name, summary }) => ({ value: id, label: name, hint: summary }));
  return askChoice({ terminal, flag: '--template', message: 'Template', choices });
}

/** Asked of whoever is asked for the template as well; scripts keep the usual one. */
async function chooseRuntime(terminal: Terminal, isAsking: boolean): Promise<Runtime> {
  if (!isAsking || !terminal.interactive) return 'process';
  const choices = [
    { value: 'process', label: 'process', hint: 'a process of this machine' },
    { value: 'docker', label: 'docker', hint: 'a container of its Docker engine' },
    { value: 'swarm', label: 'swarm', hint: 'a service of the swarm that this engine manages' },
  ];
  return Runtime.parse(await askChoice({ terminal, flag: '--runtime', message: 'Runtime', choices }));
}

function tellReady(terminal: Terminal, deployment: Deployment): void {
  const { green, bold, dim } = terminal.colours;
  const took = new Date(deployment.updatedAt).getTime() - new Date(deployment.createdAt).getTime();
  terminal.line(
    `${green('✔')} ${bold(deployment.name)} is ready after ${duration(took)}  ${dim(deployment.url ?? '')}`,
  );
  terminal.line(`  Talk to it: ${bold(`npx aether chat ${deployment.name}`)}`);
}
