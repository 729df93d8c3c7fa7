import type { Mission, MissionState, Task, TaskState } from '@aether/contracts/mission-schemas';
import type { Terminal } from '../terminal.js';
import { plainText } from './plain-text.js';
import { printTable } from './table.js';

type Colours = Terminal['colours'];

const missionMarks: Record<MissionState, [string, keyof Colours]> = {
  draft: ['○', 'dim'],
  planning: ['◌', 'cyan'],
  proposed: ['◆', 'yellow'],
  running: ['●', 'cyan'],
  paused: ['‖', 'yellow'],
  finishing: ['◌', 'cyan'],
  completed: ['✔', 'green'],
  failed: ['✖', 'red'],
  cancelled: ['–', 'dim'],
};
const taskMarks: Record<TaskState, [string, keyof Colours]> = {
  waiting: ['○', 'dim'],
  running: ['●', 'cyan'],
  asking: ['?', 'yellow'],
  reported: ['◆', 'yellow'],
  accepted: ['✔', 'green'],
  failed: ['✖', 'red'],
  cancelled: ['–', 'dim'],
};

function marked([mark, colour]: [string, keyof Colours], state: string, colours: Colours): string {
  return (colours[colour] as (text: string) => string)(`${mark} ${state}`);
}

/** State with its mark: told by a sign and a word, not by colour alone. */
export function missionLabel(state: MissionState, colours: Colours): string {
  return marked(missionMarks[state], state, colours);
}

export function taskLabel(state: TaskState, colours: Colours): string {
  return marked(taskMarks[state], state.padEnd(9), colours);
}

/** A mission, what it waits for, and its tasks in the order in which they can be done. */
export function showMission(terminal: Terminal, mission: Mission, tasks: readonly Task[]): void {
  const { colours } = terminal;
  terminal.line(
    `${missionLabel(mission.state, colours)}  ${colours.bold(mission.title)}  ${colours.dim(mission.id)}`,
  );
  if (mission.reason) {
    terminal.line(`  ${mission.reason.cause}`);
    terminal.line(`  → ${mission.reason.remedy}`);
  }
  if (mission.waitsFor) terminal.line(colours.dim(`  waits for ${mission.waitsFor}`));
  if (mission.branch && mission.state === 'completed')
    terminal.line(colours.dim(`  branch ${mission.branch}`));
  if (mission.deliveredTo) terminal.line(colours.dim(`  delivered: ${plainText(mission.deliveredTo)}`));
  if (tasks.length === 0) return;
  terminal.line('');
  printTable(
    terminal,
    ['TASK', 'STATE', 'TITLE', 'AFTER', 'NEEDS'],
    inOrder(tasks).map((task) => [
      task.key,
      taskLabel(task.state, colours),
      task.title,
      task.dependsOn.map((id) => tasks.find((other) => other.id === id)?.key ?? id).join(', ') || '–',
      task.requires.join(', ') || '–',
    ]),
  );
}

/** Every task behind those it depends on; else as they were made. */
export function inOrder(tasks: readonly Task[]): Task[] {
  const ordered: Task[] = [];
  const rest = [...tasks].sort((a, b) => (a.id < b.id ? -1 : 1));
  while (rest.length > 0) {
    const next = rest.findIndex(({ dependsOn }) =>
      dependsOn.every((id) => !rest.some((other) => other.id === id)),
    );
    ordered.push(...rest.splice(Math.max(next, 0), 1));
  }
  return ordered;
}
