import type { GraphTask } from '@/missions/graph/graph-task';

interface Dot {
  readonly task: GraphTask;
  readonly x: number;
  readonly y: number;
}

export interface Miniature {
  readonly dots: readonly Dot[];
  readonly lines: readonly (readonly [Dot, Dot])[];
  readonly width: number;
  readonly height: number;
}

const STEP = 34;
const ROW = 18;
const EDGE = 10;

/** Where the dots of a small graph are: each task one step after the last of those it waits for. */
export function miniatureOf(tasks: readonly GraphTask[]): Miniature {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const steps = new Map<string, number>();
  const stepOf = (task: GraphTask, path: ReadonlySet<string>): number => {
    const known = steps.get(task.id);
    if (known !== undefined) return known;
    const before = task.dependsOn.flatMap((id) => {
      const needed = byId.get(id);
      return needed && !path.has(id) ? [stepOf(needed, new Set([...path, id]))] : [];
    });
    const step = Math.max(-1, ...before) + 1;
    steps.set(task.id, step);
    return step;
  };
  const filled: number[] = [];
  const inOrder = [...tasks].sort((a, b) => a.id.localeCompare(b.id));
  const dots = inOrder.map((task): Dot => {
    const step = stepOf(task, new Set([task.id]));
    const row = filled[step] ?? 0;
    filled[step] = row + 1;
    return { task, x: EDGE + step * STEP, y: EDGE + row * ROW };
  });
  const dotOf = new Map(dots.map((dot) => [dot.task.id, dot]));
  return {
    dots,
    lines: dots.flatMap((dot) =>
      dot.task.dependsOn.flatMap((id) => {
        const from = dotOf.get(id);
        return from ? [[from, dot] as const] : [];
      }),
    ),
    width: 2 * EDGE + Math.max(0, filled.length - 1) * STEP,
    height: 2 * EDGE + (Math.max(1, ...filled.map((count) => count ?? 0)) - 1) * ROW,
  };
}
