import type { Mission } from '@aether/contracts/mission-schemas';

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly running: number;
  readonly needsPerson: number;
}

/** How far a mission is, by its tasks; those given up do not count. */
export function progressOf({ tasks }: Pick<Mission, 'tasks'>): Progress {
  const count = (...states: (keyof Mission['tasks'])[]) =>
    states.reduce((sum, state) => sum + (tasks[state] ?? 0), 0);
  return {
    done: count('accepted'),
    total: count('waiting', 'running', 'asking', 'reported', 'accepted', 'failed'),
    running: count('running'),
    needsPerson: count('asking', 'failed'),
  };
}
