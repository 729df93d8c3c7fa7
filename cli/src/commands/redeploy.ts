import { Slug } from '@aether/contracts/schemas';
import type { Command } from 'commander';
import { z } from 'zod';
import { Api } from '../api.js';
import { CommandError } from '../command-error.js';
import { addCommand } from '../command-line.js';
import { finishOperation } from '../finish-operation.js';
import { runtimeFlags, runtimeInput, settingsOf } from '../runtime-flags.js';
import { requireTarget } from '../sign-in.js';
import { stateLabel } from '../view/deployment-state.js';
import { WAIT_TIMEOUT_S } from './deploy.js';

export function addRedeploy(program: Command): void {
  addCommand(program, {
    usage: 'redeploy <name>',
    summary: 'change the image, limits or model of an agent; what does not become ready is taken back',
    flags: [
      ...runtimeFlags,
      ['--model <model>', 'another model'],
      ['--wait', 'wait until it is ready, taken back, or failed'],
      ['--timeout <seconds>', `how long to wait at most (default: ${WAIT_TIMEOUT_S})`],
    ],
    examples: ['npx aether redeploy first --image openclaw:2026.11 --wait'],
    input: z.object({
      name: Slug,
      ...runtimeInput,
      model: z.string().optional(),
      wait: z.boolean().default(false),
      timeout: z.coerce.number().positive().default(WAIT_TIMEOUT_S),
    }),
    async run({ config, terminal, input }) {
      const { name, model, wait, timeout } = input;
      const api = new Api(await requireTarget(config));
      const accepted = await api.call('POST /api/v1/deployments/{id}/redeploy', {
        id: name,
        model,
        settings: settingsOf(input),
      });
      const deployment = wait
        ? await finishOperation({
            api,
            terminal,
            deployment: accepted,
            wanted: 'ready',
            timeoutMs: timeout * 1_000,
          })
        : accepted;
      const { failure } = deployment;
      if (wait && failure?.code === 'rolled_back')
        throw new CommandError({
          code: failure.code,
          detail: `${name} runs as before, since the change was taken back: ${failure.cause}`,
          hint: failure.remedy,
          document: { deployment },
        });
      terminal.answer({ deployment }, () =>
        terminal.line(`${stateLabel(deployment.state, terminal.colours)}  ${name}`),
      );
    },
  });
}
