import { MarkerType } from '@xyflow/react';
import type { PlanChanges } from '../history';
import { criticalPath } from './critical-path';
import { missingFor, type GraphTask } from './graph-task';
import { edgeId, type Layout } from './layout';
import type { RoutedEdgeType } from './routed-edge';
import type { TaskNodeType } from './task-node';

export interface Shown {
  readonly tasks: readonly GraphTask[];
  readonly layout: Layout;
  readonly selected: string | null;
  /** The arrow that Delete would remove. */
  readonly selectedEdge?: string | null;
  readonly mayEdit: boolean;
  readonly changes?: PlanChanges | null;
  /** Why a task that could begin has not, by its id. */
  readonly waits?: ReadonlyMap<string, string>;
}

/** Nodes and arrows as the graph library wants them. */
export function elementsOf(shown: Shown): { nodes: TaskNodeType[]; edges: RoutedEdgeType[] } {
  const critical = criticalPath(shown.tasks);
  const byId = new Map(shown.tasks.map((task) => [task.id, task]));
  return {
    nodes: shown.tasks.flatMap((task) => nodeOf(task, { ...shown, byId, critical })),
    edges: shown.tasks.flatMap((task) =>
      task.dependsOn.filter((id) => byId.has(id)).map((id) => edgeOf(id, task, { ...shown, byId, critical })),
    ),
  };
}

interface Placed extends Shown {
  readonly byId: ReadonlyMap<string, GraphTask>;
  readonly critical: readonly string[];
}

function nodeOf(
  task: GraphTask,
  { layout, selected, mayEdit, byId, critical, changes, waits }: Placed,
): TaskNodeType[] {
  const position = layout.nodes.get(task.id);
  if (!position) return [];
  const missing = missingFor(task, byId);
  const reason = missing.length > 0 ? `Waits for ${missing.join(', ')}` : waits?.get(task.id);
  const change = changes?.added.has(task.id) ? ['new'] : (changes?.changed.get(task.id) ?? []);
  return [
    {
      id: task.id,
      type: 'task',
      position,
      selected: task.id === selected,
      // Else the Delete key would take the arrows of the task that is open.
      deletable: false,
      ariaLabel: [task.title, task.state, task.agentName && `by ${task.agentName}`]
        .filter(Boolean)
        .join(', '),
      data: {
        task,
        isCritical: critical.includes(task.id),
        isReady: missing.length === 0,
        mayConnect: mayEdit,
        reason: task.state === 'waiting' ? (reason ?? null) : null,
        change,
      },
    },
  ];
}

function edgeOf(
  source: string,
  task: GraphTask,
  { layout, selectedEdge, mayEdit, byId, critical }: Placed,
): RoutedEdgeType {
  const at = critical.indexOf(source);
  const isCritical = at >= 0 && critical[at + 1] === task.id;
  // What has begun to flow: its source is done and its target has just started.
  const isFlowing = byId.get(source)?.state === 'accepted' && task.state === 'running';
  const id = edgeId(source, task.id);
  const isSelected = id === selectedEdge;
  const color = isFlowing ? 'var(--info)' : isCritical || isSelected ? 'var(--accent)' : 'var(--line-strong)';
  return {
    id,
    type: 'routed',
    selected: isSelected,
    data: { route: layout.routes.get(id) },
    source,
    target: task.id,
    animated: isFlowing,
    deletable: mayEdit,
    style: { stroke: color, strokeWidth: isSelected ? 4 : isCritical ? 2.5 : 1.25 },
    markerEnd: { type: MarkerType.ArrowClosed, color, width: 14, height: 14 },
  };
}
