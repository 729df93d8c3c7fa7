import { deployerEvents, type Deployment, type Operation } from '@aether/contracts/deployer';
import { LiveEvent } from '@aether/contracts/live-frames';
import type { Api } from './api.js';
import { CommandError, toCommandError } from './command-error.js';
import { followTopic } from './live.js';

/** Events tell at once; reading again is for the case that they do not come through. */
const READ_AGAIN_MS = 3_000;

const endOf: Record<Operation, Deployment['state']> = {
  deploy: 'ready',
  start: 'ready',
  restart: 'ready',
  repair: 'ready',
  redeploy: 'ready',
  rollback: 'ready',
  stop: 'stopped',
  delete: 'deleted',
};

export interface WatchOptions {
  readonly api: Api;
  /** As the request that began the operation answered. */
  readonly deployment: Deployment;
  readonly timeoutMs: number;
  readonly onChange: (deployment: Deployment) => void;
}

/** Waits until the deployment's operation has ended, well or not. Throws only where the time is over. */
export async function watchDeployment(options: WatchOptions): Promise<Deployment> {
  const { api, onChange } = options;
  const { id } = options.deployment;
  const ended = Promise.withResolvers<Deployment>();
  const stop = new AbortController();
  let latest = { ...options.deployment, version: options.deployment.version - 1 };

  const take = (deployment: Deployment) => {
    if (deployment.version <= latest.version) return;
    latest = deployment;
    onChange(deployment);
    if (hasEnded(deployment)) ended.resolve(deployment);
  };
  const gone = () => ended.resolve({ ...latest, state: 'deleted' });
  const readAgain = async () => {
    try {
      take(await api.call('GET /api/v1/deployments/{id}', { id }));
    } catch (error) {
      const { code } = toCommandError(error);
      if (code === 'deployment_not_found') gone();
      else if (code === 'unauthenticated' || code === 'forbidden') ended.reject(error);
    }
  };
  const follow = async () => {
    for await (const followed of followTopic({
      target: api.target,
      topic: 'events/deployer',
      signal: stop.signal,
    }))
      if (followed.kind === 'subscribed') await readAgain();
      else {
        const deployment = deploymentOf(followed.data);
        if (deployment?.id === id) take(deployment);
      }
  };

  take(options.deployment);
  void follow().catch(() => undefined);
  const timer = setInterval(() => void readAgain(), READ_AGAIN_MS);
  const late = setTimeout(() => ended.reject(tooLate(latest, options.timeoutMs)), options.timeoutMs);
  try {
    return await ended.promise;
  } finally {
    stop.abort();
    clearInterval(timer);
    clearTimeout(late);
  }
}

function hasEnded({ state, operation }: Deployment): boolean {
  return state === 'failed' || state === 'deleted' || state === endOf[operation];
}

function deploymentOf(data: unknown): Deployment | null {
  const event = LiveEvent.safeParse(data);
  if (!event.success) return null;
  const changed = [deployerEvents.deploymentChanged, deployerEvents.deploymentCreated];
  const contract = changed.find(({ subject }) => subject === event.data.event);
  const parsed = contract?.data.safeParse(event.data.data);
  return parsed?.success ? parsed.data.deployment : null;
}

function tooLate(deployment: Deployment, timeoutMs: number): CommandError {
  const waits = deployment.waitsFor ? `; it waits for ${deployment.waitsFor}` : '';
  return new CommandError({
    code: 'wait_timeout',
    detail: `${deployment.name} is still ${deployment.state} after ${timeoutMs / 1000} s${waits}.`,
    hint: `The work goes on. Look with \`npx aether logs ${deployment.name} -f\`, or wait longer with --timeout.`,
    document: { deployment },
  });
}
