import type { Task } from '@aether/contracts/mission-schemas';

export const NODE_WIDTH = 224;
export const NODE_HEIGHT = 84;

export type Positions = ReadonlyMap<string, { readonly x: number; readonly y: number }>;

/** What decides where things are: the same structure keeps its places whatever else changes. */
export const structureOf = (tasks: readonly Pick<Task, 'id' | 'dependsOn'>[]): string =>
  tasks
    .map(({ id, dependsOn }) => `${id}<${[...dependsOn].sort().join(',')}`)
    .sort()
    .join(';');

/** Layers from left to right. The library is large, so that it is loaded with the first graph. */
export async function layOut(tasks: readonly Pick<Task, 'id' | 'dependsOn'>[]): Promise<Positions> {
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js');
  const known = new Set(tasks.map(({ id }) => id));
  const graph = await new Elk().layout({
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.layered.spacing.nodeNodeBetweenLayers': '72',
      'elk.spacing.nodeNode': '28',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
      'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
    },
    children: tasks.map(({ id }) => ({ id, width: NODE_WIDTH, height: NODE_HEIGHT })),
    edges: tasks.flatMap(({ id, dependsOn }) =>
      dependsOn
        .filter((from) => known.has(from))
        .map((from) => ({ id: `${from}>${id}`, sources: [from], targets: [id] })),
    ),
  });
  return new Map((graph.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }]));
}
