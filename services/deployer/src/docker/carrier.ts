import type Docker from 'dockerode';
import { labelNames, type AgentRecord, type ContainerIdentity } from './container-spec.js';

export type Found = Docker.ContainerInspectInfo;

export interface Launch {
  readonly id: string;
  readonly identity: Omit<ContainerIdentity, 'network'>;
  readonly record: AgentRecord;
  /** Puts the agent's files into a container that has its volume and does not run. */
  readonly fill: (container: Docker.Container) => Promise<void>;
}

/** Whom an agent's container is asked of: the engine itself, or the swarm it manages. */
export interface Carrier {
  readonly name: 'docker' | 'swarm';
  /** What the engine is, in words; fails where it cannot carry agents in this way. */
  check(): Promise<string>;
  /** The agent's container, whether it runs or has ended; null where somebody removed it, or none was made. */
  find(id: string): Promise<Found | null>;
  /** Makes the agent's container anew, in the place of any older one, and has it start. */
  launch(launch: Launch): Promise<void>;
  /** Why a container that was asked for does not come; null while it may. */
  refusal(id: string): Promise<string | null>;
  /** The agent's container, also where it is not wanted any more; null where there is none. */
  container(id: string): Promise<Docker.Container | null>;
  /** Sees to it that what was stopped is not started by anybody but the deployer. May remove the container. */
  rest(id: string): Promise<void>;
  /** Removes it, running or not, with what helped to make it. Returns when nothing is left but its volumes. */
  remove(id: string, installation: string): Promise<void>;
  /** By deployment, whether it runs: everything of this installation that was made in this way. */
  listed(installation: string): Promise<Map<string, boolean>>;
}

/** All containers that an installation has of an agent, or of every one, in a runtime. */
export function ownLabels(runtime: Carrier['name'], installation: string, id?: string): string[] {
  return [
    `${labelNames.installation}=${installation}`,
    `${labelNames.runtime}=${runtime}`,
    ...(id === undefined ? [] : [`${labelNames.deployment}=${id}`]),
  ];
}

/** By deployment, whether one of its containers runs: one that copies its state may stand beside the agent's. */
export function runningByAgent(
  containers: readonly Pick<Docker.ContainerInfo, 'Labels' | 'State'>[],
): Map<string, boolean> {
  const running = new Map<string, boolean>();
  for (const { Labels, State } of containers) {
    const id = Labels[labelNames.deployment] ?? '';
    running.set(id, State === 'running' || (running.get(id) ?? false));
  }
  return running;
}

export const nameOf = (id: string): string => `aether-${id}`;
