import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chainMinutes, findCycle, type GraphTask } from '../src/tasks/graph.js';

/** Tasks whose dependencies lead only to earlier ones: never a cycle. */
const acyclic = fc
  .array(
    fc.record({ minutes: fc.integer({ min: 1, max: 60 }), seeds: fc.array(fc.nat(), { maxLength: 4 }) }),
    {
      minLength: 1,
      maxLength: 30,
    },
  )
  .map((items) =>
    items.map(({ minutes, seeds }, index): GraphTask => ({
      id: String(index),
      key: `t${index}`,
      estimateMinutes: minutes,
      dependsOn: index === 0 ? [] : [...new Set(seeds.map((seed) => String(seed % index)))],
    })),
  );

describe('the graph of tasks', () => {
  test('has no cycle where each task depends on earlier ones only', () => {
    fc.assert(fc.property(acyclic, (tasks) => findCycle(tasks) === null));
  });

  test('names the path of a cycle: each key on it depends on the next', () => {
    fc.assert(
      fc.property(acyclic, fc.nat(), (tasks, seed) => {
        const last = tasks.at(-1) as GraphTask;
        const first = tasks[seed % tasks.length] as GraphTask;
        const closed = tasks.map((task) =>
          task === first ? { ...task, dependsOn: [...task.dependsOn, last.id] } : task,
        );
        const chained = closed.map((task, index) =>
          index > closed.indexOf(closed.find(({ id }) => id === first.id) as GraphTask)
            ? { ...task, dependsOn: [...task.dependsOn, String(index - 1)] }
            : task,
        );
        const path = findCycle(chained) ?? [];
        expect(path.length).toBeGreaterThan(1);
        expect(path[0]).toBe(path.at(-1));
        const byKey = new Map(chained.map((task) => [task.key, task]));
        for (const [index, key] of path.slice(0, -1).entries()) {
          const next = byKey.get(path[index + 1] ?? '');
          expect(byKey.get(key)?.dependsOn).toContain(next?.id);
        }
      }),
    );
  });

  test('knows the longest chain behind each task', () => {
    fc.assert(
      fc.property(acyclic, (tasks) => {
        const minutes = chainMinutes(tasks);
        for (const task of tasks) {
          const followers = tasks.filter(({ dependsOn }) => dependsOn.includes(task.id));
          const longest = Math.max(0, ...followers.map(({ id }) => minutes.get(id) ?? 0));
          expect(minutes.get(task.id)).toBe(task.estimateMinutes + longest);
        }
      }),
    );
  });
});
