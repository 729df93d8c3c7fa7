import { MAX_TASKS } from './mission-schemas.js';

/** Of whatever is about one mission. */
export const missionErrors = {
  mission_not_found: {
    status: 404,
    title: 'There is no such mission.',
    hint: 'List the missions to find the right id.',
  },
} as const;

/** Of whatever is about one task. */
export const taskErrors = {
  task_not_found: {
    status: 404,
    title: 'There is no such task.',
    hint: 'List the tasks of the mission to find the right id.',
  },
} as const;

/** Of every transition. */
export const stateErrors = {
  transition_not_allowed: {
    status: 409,
    title: 'Its present state does not allow this.',
    hint: 'Read it again: `state` and `waitsFor` say where it is and what can be done.',
  },
} as const;

/** Of every change to a graph. */
export const graphErrors = {
  dependency_cycle: {
    status: 422,
    title: 'These dependencies form a cycle.',
    hint: 'Remove one of the dependencies on the path given in `detail`.',
  },
  dependency_unknown: {
    status: 422,
    title: 'A task depends on one that is not there.',
    hint: 'Use keys of tasks in the same mission.',
  },
  task_key_taken: {
    status: 409,
    title: 'Another task of the mission has this key.',
    hint: 'Choose another key.',
  },
  too_many_tasks: {
    status: 422,
    title: 'The mission would have too many tasks.',
    hint: `Keep to ${MAX_TASKS} tasks; split the goal into several missions.`,
  },
  task_begun: {
    status: 409,
    title: 'This task was already begun.',
    hint: 'Only tasks that wait can be changed. Cancel it, or add another task.',
  },
} as const;

/** Of whatever an attempt tells. */
export const attemptErrors = {
  ...taskErrors,
  ...stateErrors,
  attempt_superseded: {
    status: 409,
    title: 'Another attempt has taken this task over.',
    hint: 'Stop this attempt; its work is kept under a rescue ref.',
  },
} as const;

/** Of whatever accepts work. */
export const proofErrors = {
  checks_failed: {
    status: 409,
    title: 'A check of this work failed, or its tree is not clean.',
    hint: 'Send it back, or remove the check from the task first.',
  },
} as const;

/** Of whatever names an artifact. */
export const artifactErrors = {
  artifact_not_found: {
    status: 404,
    title: 'There is no such artifact.',
    hint: 'List the artifacts of the mission to find the right id.',
  },
} as const;
