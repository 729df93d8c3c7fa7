import type { Deployment, DeploymentState } from '@aether/contracts/deployer';
import type { Api } from './api.js';
import { CommandError } from './command-error.js';
import type { Terminal } from './terminal.js';
import { Timeline } from './view/timeline.js';
import { watchDeployment } from './watch-deployment.js';

/** Waits for a deployment's operation with its steps in view; throws where it does not end as `wanted`. */
export async function finishOperation(options: {
  api: Api;
  terminal: Terminal;
  deployment: Deployment;
  wanted: DeploymentState;
  timeoutMs: number;
}): Promise<Deployment> {
  const timeline = new Timeline(options.terminal);
  const ended = await watchDeployment({
    ...options,
    onChange: (deployment) => timeline.update(deployment),
  }).finally(() => timeline.end());
  if (ended.state === options.wanted) return ended;
  const { name, state, failure, steps } = ended;
  if (!failure)
    throw new CommandError({
      code: 'operation_superseded',
      detail: `${name} is ${state}: another operation was asked for meanwhile.`,
      hint: 'Look with `npx aether agents`.',
      document: { deployment: ended },
    });
  const again = steps.some((step) => step.state === 'failed') ? 'retry' : 'repair';
  throw new CommandError({
    code: failure.code,
    detail: `${name} failed at step "${failure.step}": ${failure.cause}`,
    hint: `${failure.remedy} To try again, run \`npx aether ${again} ${name} --wait\`; the details are in \`npx aether logs ${name}\`.`,
    document: { deployment: ended },
  });
}
