/** As much of a task as the rules of the graph need. */
export interface GraphTask {
  readonly id: string;
  readonly key: string;
  readonly estimateMinutes: number;
  readonly dependsOn: readonly string[];
}

/** The keys along a cycle, first one repeated at the end; null where the dependencies can be put in order. */
export function findCycle(tasks: readonly GraphTask[]): readonly string[] | null {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const done = new Set<string>();
  const path: GraphTask[] = [];

  function visit(task: GraphTask): readonly string[] | null {
    if (done.has(task.id)) return null;
    const start = path.indexOf(task);
    if (start >= 0) return [...path.slice(start), task].map(({ key }) => key);
    path.push(task);
    for (const id of task.dependsOn) {
      const dependency = byId.get(id);
      const cycle = dependency && visit(dependency);
      if (cycle) return cycle;
    }
    path.pop();
    done.add(task.id);
    return null;
  }

  for (const task of tasks) {
    const cycle = visit(task);
    if (cycle) return cycle;
  }
  return null;
}

/**
 * Minutes of the longest chain that begins with each task: its own estimate and that of what waits for it. Tasks
 * with the longest chain are started first. The graph has no cycle.
 */
export function chainMinutes(tasks: readonly GraphTask[]): ReadonlyMap<string, number> {
  const followers = new Map<string, GraphTask[]>();
  for (const task of tasks)
    for (const id of task.dependsOn) followers.set(id, [...(followers.get(id) ?? []), task]);
  const minutes = new Map<string, number>();

  function chainOf(task: GraphTask): number {
    const known = minutes.get(task.id);
    if (known !== undefined) return known;
    const next = (followers.get(task.id) ?? []).map(chainOf);
    const length = task.estimateMinutes + Math.max(0, ...next);
    minutes.set(task.id, length);
    return length;
  }

  for (const task of tasks) chainOf(task);
  return minutes;
}
