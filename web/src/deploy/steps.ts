import type { Deployment, Step } from '@aether/contracts/deployment';

/** What each step does, for people who do not know its name. */
export const stepWords: Readonly<Record<Step['name'], string>> = {
  preflight: 'Check that the machine has room',
  prepare: 'Write configuration and key',
  create: 'Fetch OpenClaw and set it up',
  start: 'Start the gateway',
  probe: 'Check that it answers',
  connect: 'Connect Aether to it',
  enrol: 'Let it into the pool',
  disconnect: 'Let go of the connection',
  stop: 'Stop the gateway',
  snapshot: 'Keep a copy of its state',
  restore: 'Put the kept state back',
  remove: 'Remove its files',
};

export const operationWords: Readonly<Record<Deployment['operation'], string>> = {
  deploy: 'First deployment',
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  repair: 'Repair',
  redeploy: 'Change',
  rollback: 'Taking a change back',
  delete: 'Deletion',
};

/** What went wrong as text to paste into an issue. */
export function reportOf(
  { name, template, runtime, model, operation, steps, failure }: Deployment,
  lines: readonly string[],
): string {
  return [
    `Deployment ${name} (template ${template}, runtime ${runtime}, model ${model})`,
    `Operation: ${operation}`,
    ...steps.map((step) => `  ${step.state.padEnd(8)} ${step.name}${step.detail ? `: ${step.detail}` : ''}`),
    ...(failure ? [`Failure: ${failure.code} at ${failure.step}`, failure.cause, failure.remedy] : []),
    ...(lines.length > 0 ? ['Last lines:', ...lines.map((line) => `  ${line}`)] : []),
  ].join('\n');
}

type Act = 'start' | 'stop' | 'restart' | 'repair' | 'redeploy' | 'delete';

const from: Readonly<Record<Act, readonly Deployment['state'][]>> = {
  start: ['stopped'],
  stop: ['ready', 'degraded', 'failed', 'deploying', 'starting'],
  restart: ['ready', 'degraded'],
  repair: ['failed', 'degraded'],
  redeploy: ['ready', 'degraded', 'stopped', 'failed'],
  delete: ['ready', 'degraded', 'stopped', 'failed', 'deploying', 'starting', 'stopping'],
};

/** Whether the deployer would begin this now. */
export const canBegin = (act: Act, { state }: Pick<Deployment, 'state'>): boolean =>
  from[act].includes(state);
