import type { DeploymentState, Operation, StepName } from '@aether/contracts/deployer';

const running: readonly StepName[] = ['preflight', 'prepare', 'create', 'start', 'probe', 'connect', 'enrol'];
const settled: readonly DeploymentState[] = ['ready', 'degraded', 'stopped', 'failed'];

interface OperationPlan {
  readonly steps: readonly StepName[];
  /** The state while it runs. */
  readonly during: DeploymentState;
  /** The state it ends in. */
  readonly after: DeploymentState;
  /** The states it may begin in; a state with a running operation means that this one is given up. */
  readonly from: readonly DeploymentState[];
  /** Looks for a newer image of the same name. Where nobody takes that back, what ran goes on. */
  readonly renewsImage?: true;
}

/** Each operation: its steps in order, and the states it leads from and to. */
export const plans: Readonly<Record<Operation, OperationPlan>> = {
  deploy: { steps: running, during: 'deploying', after: 'ready', from: [] },
  start: { steps: running, during: 'starting', after: 'ready', from: ['stopped'] },
  stop: {
    steps: ['disconnect', 'stop'],
    during: 'stopping',
    after: 'stopped',
    from: ['ready', 'degraded', 'failed', 'deploying', 'starting'],
  },
  restart: {
    steps: ['disconnect', 'stop', ...running],
    during: 'starting',
    after: 'ready',
    from: ['ready', 'degraded'],
  },
  repair: {
    steps: ['disconnect', 'stop', ...running],
    during: 'starting',
    after: 'ready',
    from: ['failed', 'degraded'],
  },
  redeploy: {
    // What can be found out or fetched beforehand is, while the agent still works.
    steps: [
      ...(['preflight', 'create', 'disconnect', 'stop', 'snapshot'] as const),
      ...(['prepare', 'start', 'probe', 'connect', 'enrol'] as const),
    ],
    during: 'starting',
    after: 'ready',
    from: ['ready', 'degraded', 'stopped', 'failed'],
    renewsImage: true,
  },
  rollback: {
    steps: [
      ...(['disconnect', 'stop', 'restore', 'prepare', 'create', 'start', 'probe'] as const),
      ...(['connect', 'enrol'] as const),
    ],
    during: 'starting',
    after: 'ready',
    from: [],
  },
  delete: {
    steps: ['disconnect', 'stop', 'remove'],
    during: 'deleting',
    after: 'deleted',
    from: [...settled, 'deploying', 'starting', 'stopping'],
  },
};

export function isTransient(state: DeploymentState): boolean {
  return state !== 'deleted' && !settled.includes(state);
}

/** States nobody has to look after. */
export const restingStates: readonly DeploymentState[] = ['stopped', 'failed', 'deleted'];
