import { RuntimeSettings } from '@aether/contracts/deployer';
import { z } from 'zod';

/** How a container is made, as flags of `deploy` and `redeploy`. */
export const runtimeFlags = [
  ['--image <image>', 'image that its container runs (docker, swarm)'],
  ['--memory <mb>', 'memory limit of its container in MB (docker, swarm)'],
  ['--cpus <number>', 'processors that its container may use (docker, swarm)'],
] as const;

const { image, memoryMb, cpus } = RuntimeSettings.shape;

export const runtimeInput = {
  image,
  memory: z.coerce.number().pipe(memoryMb.unwrap()).optional(),
  cpus: z.coerce.number().pipe(cpus.unwrap()).optional(),
};

/** What was said by flags; undefined where nothing was. */
export function settingsOf(given: {
  image?: string;
  memory?: number;
  cpus?: number;
}): RuntimeSettings | undefined {
  const { image, memory: memoryMb, cpus } = given;
  if (image === undefined && memoryMb === undefined && cpus === undefined) return undefined;
  return { image, memoryMb, cpus };
}
