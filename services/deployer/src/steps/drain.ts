import type { DeployerConfig } from '../config.js';
import type { Deployment } from '../deployment.entity.js';

/** Who deletes an agent does not wait for what it is still saying. */
const DELETE_DRAIN_MS = 5_000;

/** When (Unix time in ms) running turns have had their time to end, counted from the step that has no more begun. */
export function drainEnd({ operation, steps }: Deployment, { DRAIN_MAX_S }: DeployerConfig): number {
  const longest = DRAIN_MAX_S * 1_000;
  const drainMs = operation === 'delete' ? Math.min(longest, DELETE_DRAIN_MS) : longest;
  const since = steps.find(({ name }) => name === 'disconnect')?.startedAt;
  return (since ? Date.parse(since) : Date.now()) + drainMs;
}
