import type { ELK, ElkNode } from 'elkjs/lib/elk-api';
import type { Task } from '@aether/contracts/mission-schemas';

export const NODE_WIDTH = 224;
export const NODE_HEIGHT = 84;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Layout {
  readonly nodes: ReadonlyMap<string, Point>;
  /** Corners of each arrow, `<from>><to>`: around the tasks that lie between. */
  readonly routes: ReadonlyMap<string, readonly Point[]>;
}

export const edgeId = (from: string, to: string): string => `${from}>${to}`;

/** What decides where things are: the same structure keeps its places whatever else changes. */
export const structureOf = (tasks: readonly Pick<Task, 'id' | 'dependsOn'>[]): string =>
  tasks
    .map(({ id, dependsOn }) => `${id}<${[...dependsOn].sort().join(',')}`)
    .sort()
    .join(';');

let elk: Promise<ELK> | undefined;

/** One worker for all graphs: laying out a large one takes longer than a page may stand still. */
const startElk = async (): Promise<ELK> => {
  const { default: Elk } = await import('elkjs/lib/elk-api.js');
  return new Elk({
    workerFactory: () => new Worker(new URL('./elk.worker.ts', import.meta.url), { type: 'module' }),
  });
};

/** Layers from left to right. The library is large, so that it is loaded with the first graph. */
export async function layOut(tasks: readonly Pick<Task, 'id' | 'dependsOn'>[]): Promise<Layout> {
  // A load that failed is tried again with the next graph.
  elk ??= startElk().catch((error: unknown) => {
    elk = undefined;
    throw error;
  });
  const layouter = await elk;
  // Ids grow with time: what is added comes last, and the others keep their order.
  const inOrder = [...tasks].sort((a, b) => a.id.localeCompare(b.id));
  const known = new Set(tasks.map(({ id }) => id));
  const graph: ElkNode = await layouter.layout<ElkNode>({
    id: 'root',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.layered.spacing.edgeNodeBetweenLayers': '20',
      'elk.layered.spacing.edgeEdgeBetweenLayers': '12',
      'elk.spacing.edgeNode': '16',
      'elk.layered.mergeEdges': 'true',
      'elk.layered.spacing.nodeNodeBetweenLayers': '72',
      'elk.spacing.nodeNode': '28',
      'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
      'elk.layered.nodePlacement.strategy': 'BRANDES_KOEPF',
      'elk.layered.nodePlacement.bk.fixedAlignment': 'BALANCED',
    },
    children: inOrder.map(({ id }) => ({ id, width: NODE_WIDTH, height: NODE_HEIGHT })),
    edges: inOrder.flatMap(({ id, dependsOn }) =>
      dependsOn
        .filter((from) => known.has(from))
        .map((from) => ({ id: edgeId(from, id), sources: [from], targets: [id] })),
    ),
  });
  return {
    nodes: new Map((graph.children ?? []).map(({ id, x = 0, y = 0 }) => [id, { x, y }])),
    routes: new Map(
      (graph.edges ?? []).flatMap(({ id, sections = [] }) => {
        const [section] = sections;
        return section ? [[id, [section.startPoint, ...(section.bendPoints ?? []), section.endPoint]]] : [];
      }),
    ),
  };
}

/** The same layout, moved so that a task that was there before stays where it was. */
export function movedBack(layout: Layout, before: Layout): Layout {
  const [id, now] = [...layout.nodes].find(([each]) => before.nodes.has(each)) ?? [];
  const then = id === undefined ? undefined : before.nodes.get(id);
  if (!now || !then) return layout;
  const move = ({ x, y }: Point): Point => ({ x: x + then.x - now.x, y: y + then.y - now.y });
  return {
    nodes: new Map([...layout.nodes].map(([each, point]) => [each, move(point)])),
    routes: new Map([...layout.routes].map(([each, points]) => [each, points.map(move)])),
  };
}
