import type { Mission, Task } from '@aether/contracts/mission-schemas';
import type { Colours } from '../terminal.js';
import type { MissionPicture } from '../watch-mission.js';
import { missionLabel, taskLabel, inOrder } from './mission-view.js';
import { plainText } from './plain-text.js';

const TITLE_MAX = 44;

/** The graph as lines: each task below and to the right of what it depends on, with what goes on in it. */
export function graphLines({ mission, tasks, attempts, waits }: MissionPicture, colours: Colours): string[] {
  const levels = levelsOf(tasks);
  const width = Math.max(
    ...tasks.map((task) => 3 * (levels.get(task.id) ?? 0) + Math.min(task.title.length, TITLE_MAX)),
    10,
  );
  const rows = inOrder(tasks).map((task) => {
    const level = levels.get(task.id) ?? 0;
    const lead = level === 0 ? '' : `${'   '.repeat(level - 1)}└─ `;
    const title = `${lead}${short(plainText(task.title))}`.padEnd(width + 2);
    const attempt = attempts.find(({ taskId }) => taskId === task.id);
    const wait = waits.find(({ taskId }) => taskId === task.id);
    return `  ${taskLabel(task.state, colours)}  ${title}${colours.dim(noteOf(task, { tasks, attempt, wait }))}`;
  });
  return [headOf(mission, colours), '', ...rows];
}

function headOf(mission: Mission, colours: Colours): string {
  const total = Object.values(mission.tasks).reduce((sum, count) => sum + count, 0);
  const accepted = mission.tasks.accepted;
  const bar = total > 0 ? `${'█'.repeat(Math.round((20 * accepted) / total)).padEnd(20, '░')} ` : '';
  return `${missionLabel(mission.state, colours)}  ${colours.bold(plainText(mission.title))}  ${bar}${accepted}/${total} accepted`;
}

function noteOf(
  task: Task,
  {
    tasks,
    attempt,
    wait,
  }: {
    tasks: readonly Task[];
    attempt: MissionPicture['attempts'][number] | undefined;
    wait: MissionPicture['waits'][number] | undefined;
  },
): string {
  const number = task.attempts > 1 ? `, attempt ${task.attempts}` : '';
  switch (task.state) {
    case 'waiting': {
      if (wait) return wait.text;
      const open = task.dependsOn.flatMap(
        (id) => tasks.find((other) => other.id === id && other.state !== 'accepted')?.key ?? [],
      );
      return open.length > 0 ? `after ${open.join(', ')}` : (task.waitsFor ?? '');
    }
    case 'running':
      return `${task.agentName ?? ''}: ${attempt?.state ?? 'working'}${number}`;
    case 'asking':
      return `asks: ${plainText(task.reason?.cause ?? '')}`;
    case 'reported':
      return `${task.agentName ?? ''}: waits for ${task.waitsFor ?? 'the merge'}${number}`;
    case 'accepted':
      return receiptNote(task) + number;
    case 'failed':
    case 'cancelled':
      return plainText(task.reason?.cause ?? '');
  }
}

function receiptNote({ receipt, agentName }: Task): string {
  if (!receipt) return agentName ?? '';
  const seconds = Math.round((Date.parse(receipt.finishedAt) - Date.parse(receipt.startedAt)) / 1_000);
  const passed = receipt.checks.filter(({ exitCode }) => exitCode === 0).length;
  return [
    agentName,
    `${seconds} s`,
    `${receipt.files.length} ${receipt.files.length === 1 ? 'file' : 'files'}`,
    ...(receipt.checks.length > 0 ? [`${passed}/${receipt.checks.length} checks`] : []),
    ...(receipt.mergeCommit ? [receipt.mergeCommit.slice(0, 8)] : []),
  ].join(' · ');
}

/** How long the longest chain before a task is. */
function levelsOf(tasks: readonly Task[]): Map<string, number> {
  const levels = new Map<string, number>();
  for (const { id, dependsOn } of inOrder(tasks))
    levels.set(id, Math.max(-1, ...dependsOn.map((before) => levels.get(before) ?? 0)) + 1);
  return levels;
}

const short = (text: string) => (text.length > TITLE_MAX ? `${text.slice(0, TITLE_MAX - 1)}…` : text);
