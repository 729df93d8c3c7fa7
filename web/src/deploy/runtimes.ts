import type { Runtime } from '@aether/contracts/deployment';
import type { MachineFinding } from '@aether/contracts/machine';

/** In a word, for tags and figures. */
export const runtimeWords: Readonly<Record<Runtime, string>> = {
  process: 'process',
  docker: 'container',
  swarm: 'swarm service',
};

const choices: Readonly<Record<Runtime, string>> = {
  process: 'Process of this machine',
  docker: 'Docker container',
  swarm: 'Service of a Docker swarm',
};

/** Images and limits are for containers only. */
export const isContainer = (runtime: Runtime): boolean => runtime !== 'process';

/** Where agents may run; a swarm only where the engine manages one, or where it was chosen before. */
export function runtimeChoices(chosen: Runtime, machine: readonly MachineFinding[] | undefined) {
  const managesSwarm = machine?.some(({ part, ok }) => part === 'swarm' && ok) ?? false;
  return Object.entries(choices)
    .map(([value, label]) => ({ value: value as Runtime, label }))
    .filter(({ value }) => value !== 'swarm' || value === chosen || managesSwarm);
}

/** What stands in the way of running agents there, and what to do; undefined where nothing does, as far as is known. */
export function runtimeHindrance(
  chosen: Runtime,
  machine: readonly MachineFinding[] | undefined,
): string | undefined {
  const found = machine?.find(({ part }) => part === chosen);
  return found && !found.ok ? [found.detail, found.remedy].filter(Boolean).join(' ') : undefined;
}
