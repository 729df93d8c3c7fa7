import type { Mission, Task, TaskState } from '@aether/contracts/mission-schemas';

export interface LaneColumn {
  readonly id: string;
  readonly title: string;
  readonly states: readonly TaskState[];
}

/** A lane from left to right. */
export const laneColumns: readonly LaneColumn[] = [
  { id: 'waiting', title: 'Waiting', states: ['waiting'] },
  { id: 'running', title: 'Running', states: ['running'] },
  { id: 'person', title: 'Needs you', states: ['asking', 'reported'] },
  { id: 'accepted', title: 'Accepted', states: ['accepted'] },
  { id: 'ended', title: 'Failed or given up', states: ['failed', 'cancelled'] },
];

export type LaneMove = { readonly verb: 'retry' | 'accept' | 'cancel' } | { readonly why: string };

const ended = new Set<Mission['state']>(['completed', 'failed', 'cancelled']);

/** What moving a task to a column does, or why it may not go there. */
export function laneMove(task: Task, mission: Mission, column: LaneColumn): LaneMove {
  if (column.states.includes(task.state)) return { why: 'It is here already.' };
  if (ended.has(mission.state)) return { why: 'Its mission has ended.' };
  switch (column.id) {
    case 'waiting':
      return task.state === 'failed' || task.state === 'cancelled'
        ? { verb: 'retry' }
        : { why: 'Only what failed or was given up is tried again.' };
    case 'accepted':
      return task.state === 'reported' && mission.acceptance === 'person'
        ? { verb: 'accept' }
        : { why: 'Only reported work can be accepted, where a person decides.' };
    case 'ended':
      return task.state === 'accepted'
        ? { why: 'Accepted work stays; take the mission back instead.' }
        : mission.state === 'draft' || mission.state === 'proposed'
          ? { why: 'The mission has not begun; remove it from the plan instead.' }
          : { verb: 'cancel' };
    default:
      return { why: 'Tasks get here by themselves.' };
  }
}
