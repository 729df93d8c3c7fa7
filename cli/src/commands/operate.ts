import type { Deployment, DeploymentState, Operation } from '@aether/contracts/deployer';
import { Slug } from '@aether/contracts/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { addCommand } from '../command-line.js';
import { CommandError } from '../command-error.js';
import { finishOperation } from '../finish-operation.js';
import { confirmed } from '../prompts.js';
import { requireTarget } from '../sign-in.js';
import { stateLabel } from '../view/deployment-state.js';
import { WAIT_TIMEOUT_S } from './deploy.js';

const operations = [
  {
    verb: 'start',
    summary: 'start a stopped agent',
    route: 'POST /api/v1/deployments/{id}/start',
  },
  {
    verb: 'stop',
    summary: 'stop an agent once its running turn has ended',
    route: 'POST /api/v1/deployments/{id}/stop',
  },
  {
    verb: 'restart',
    summary: 'stop an agent and start it again',
    route: 'POST /api/v1/deployments/{id}/restart',
  },
  {
    verb: 'retry',
    summary: 'go on with a failed agent from the step that failed',
    route: 'POST /api/v1/deployments/{id}/retry',
  },
  {
    verb: 'repair',
    summary: 'run the steps of a failed agent again',
    route: 'POST /api/v1/deployments/{id}/repair',
  },
  {
    verb: 'delete',
    alias: 'rm',
    summary: 'delete an agent with its chats and files',
    route: 'DELETE /api/v1/deployments/{id}',
  },
] as const;

/** Where an operation leads that does not end in an agent at work. */
const ends: Partial<Record<Operation, DeploymentState>> = { stop: 'stopped', delete: 'deleted' };
const wanted = ({ operation }: Deployment): DeploymentState => ends[operation] ?? 'ready';

/** `start`, `stop`, `restart`, `retry`, `repair` and `delete`: one request each, waited for where that is asked. */
export function addOperations(program: Command): void {
  for (const operation of operations) addOperation(program, operation);
}

function addOperation(program: Command, operation: (typeof operations)[number]): void {
  const { verb, route } = operation;
  addCommand(program, {
    usage: `${verb} <name>`,
    alias: 'alias' in operation ? operation.alias : undefined,
    summary: operation.summary,
    flags: [
      ...(verb === 'delete' ? ([['-y, --yes', 'do not ask']] as const) : []),
      ['--wait', 'wait until it is done, or failed'],
      ['--timeout <seconds>', `how long to wait at most (default: ${WAIT_TIMEOUT_S})`],
    ],
    examples: [`npx aether ${verb} first --wait`],
    input: z.object({
      name: Slug,
      yes: z.boolean().default(false),
      wait: z.boolean().default(false),
      timeout: z.coerce.number().positive().default(WAIT_TIMEOUT_S),
    }),
    async run({ config, terminal, input }) {
      const { name, timeout } = input;
      const api = new Api(await requireTarget(config));
      if (verb === 'delete' && !input.yes) {
        const question = `Delete ${name} with its chats and files? This cannot be undone.`;
        if (!(await confirmed(terminal, question)))
          throw new CommandError({ code: 'cancelled', detail: 'Cancelled; nothing was changed.' });
      }
      const accepted = await api.call(route, { id: name });
      const deployment = input.wait
        ? await finishOperation({
            ...{ api, terminal, deployment: accepted },
            ...{ wanted: wanted(accepted), timeoutMs: timeout * 1_000 },
          })
        : accepted;
      terminal.answer({ deployment }, () =>
        terminal.line(`${stateLabel(deployment.state, terminal.colours)}  ${name}`),
      );
    },
  });
}
