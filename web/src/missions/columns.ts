import type { Mission, MissionState } from '@aether/contracts/mission-schemas';

export interface Column {
  readonly id: string;
  readonly title: string;
  readonly states: readonly MissionState[];
  /** What has to be done to a mission so that it gets here. */
  readonly entry?: 'approve' | 'pause' | 'resume';
}

/** The board from left to right. */
export const columns: readonly Column[] = [
  { id: 'draft', title: 'Draft', states: ['draft', 'planning'] },
  { id: 'proposed', title: 'Plan to review', states: ['proposed'] },
  { id: 'running', title: 'Running', states: ['running', 'finishing'], entry: 'approve' },
  { id: 'paused', title: 'Paused', states: ['paused'], entry: 'pause' },
  { id: 'completed', title: 'Completed', states: ['completed'] },
  { id: 'ended', title: 'Failed or cancelled', states: ['failed', 'cancelled'] },
];

export type Move = { readonly verb: 'approve' | 'pause' | 'resume' } | { readonly why: string };

/** What dropping a mission on a column does, or why it may not be dropped there. */
export function moveTo(mission: Mission, column: Column): Move {
  if (column.states.includes(mission.state)) return { why: 'It is here already.' };
  if (column.id === 'running') {
    const hasTasks = Object.values(mission.tasks).some((count) => count > 0);
    if (mission.state === 'proposed' || (mission.state === 'draft' && hasTasks)) return { verb: 'approve' };
    if (mission.state === 'paused') return { verb: 'resume' };
    return { why: mission.state === 'draft' ? 'It needs a plan first.' : 'It has ended.' };
  }
  if (column.id === 'paused')
    return mission.state === 'running' ? { verb: 'pause' } : { why: 'Only what runs can be paused.' };
  return { why: 'Missions get here by themselves.' };
}
