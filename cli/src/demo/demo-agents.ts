import type { Deployment } from '@aether/contracts/deployer';
import type { Api } from '../api.js';
import { listAll } from '../api-pages.js';
import { CommandError } from '../command-error.js';
import type { Terminal } from '../terminal.js';
import { duration } from '../view/duration.js';
import { watchDeployment } from '../watch-deployment.js';

/** What the demo's tasks need, and the template that has it. */
const NEEDED = [
  { capability: 'writing', template: 'general', name: 'demo-writer' },
  { capability: 'coding', template: 'coding', name: 'demo-coder' },
] as const;
const DEPLOY_TIMEOUT_MS = 1_500_000;

/** Sees to an agent for each capability: one of the pool, or one deployed now. */
export async function demoAgents(api: Api, terminal: Terminal): Promise<void> {
  const { items: pool } = await api.call('GET /api/v1/pool', {});
  const isThere = (capability: string) =>
    pool.some((agent) => agent.online && agent.enabled && agent.capabilities.includes(capability));
  await Promise.all(
    NEEDED.filter(({ capability }) => !isThere(capability)).map((needed) => deploy(api, terminal, needed)),
  );
}

async function deploy(
  api: Api,
  terminal: Terminal,
  { template, name }: { template: string; name: string },
): Promise<void> {
  const { green, bold, dim } = terminal.colours;
  const begun = performance.now();
  const known = (await listAll(api, 'GET /api/v1/deployments', {})).find((each) => each.name === name);
  const accepted = known
    ? await revive(api, known)
    : await api.call('POST /api/v1/deployments', { template, name, runtime: 'process' });
  terminal.line(
    `  ◌ ${bold(name)} is ${known ? 'started again' : `deployed from the template "${template}"`}`,
  );
  const deployment = await watchDeployment({
    api,
    deployment: accepted,
    timeoutMs: DEPLOY_TIMEOUT_MS,
    onChange: () => undefined,
  });
  if (deployment.state !== 'ready')
    throw new CommandError({
      code: deployment.failure?.code ?? 'deploy_failed',
      detail: deployment.failure?.cause ?? `${name} is ${deployment.state}.`,
      hint: deployment.failure?.remedy,
    });
  terminal.line(`  ${green('✔')} ${bold(name)} is ready ${dim(duration(performance.now() - begun))}`);
}

/** Of an earlier demo: whatever became of it, it is made ready again. */
async function revive(api: Api, { id, state }: Deployment): Promise<Deployment> {
  if (state === 'stopped') return api.call('POST /api/v1/deployments/{id}/start', { id });
  if (state === 'failed' || state === 'degraded')
    return api.call('POST /api/v1/deployments/{id}/repair', { id });
  return api.call('GET /api/v1/deployments/{id}', { id });
}
