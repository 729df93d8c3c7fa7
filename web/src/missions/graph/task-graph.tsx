'use client';
import '@xyflow/react/dist/base.css';
import type { Task } from '@aether/contracts/mission-schemas';
import {
  Background,
  Controls,
  MarkerType,
  ReactFlow,
  type Connection,
  type IsValidConnection,
} from '@xyflow/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { classes } from '@/ui/classes';
import { criticalPath } from './critical-path';
import { cycleOf } from './cycle';
import { edgeId, layOut, structureOf, type Layout } from './layout';
import { RoutedEdge, type RoutedEdgeType } from './routed-edge';
import { TaskNode, type TaskNodeType } from './task-node';

const nodeTypes = { task: TaskNode };
const edgeTypes = { routed: RoutedEdge };
const noLayout: Layout = { nodes: new Map(), routes: new Map() };

export interface TaskGraphProps {
  readonly tasks: readonly Task[];
  readonly selected: string | null;
  readonly onSelect: (taskId: string | null) => void;
  /** Absent where the graph is only looked at. */
  readonly onConnect?: (taskId: string, dependsOn: string) => void;
  readonly onDisconnect?: (taskId: string, dependsOn: string) => void;
}

/** The tasks of a mission and what waits for what. Places stay while the structure stays. */
export function TaskGraph({ tasks, selected, onSelect, onConnect, onDisconnect }: TaskGraphProps) {
  const layout = useLayout(tasks);
  const [refusal, setRefusal] = useState<string | null>(null);
  const mayEdit = onConnect !== undefined;
  const { nodes, edges } = useMemo(
    () => elementsOf({ tasks, layout, selected, mayEdit }),
    [tasks, layout, selected, mayEdit],
  );

  const isValid: IsValidConnection = ({ source, target }) => {
    const circle = source === target ? [source, source] : cycleOf(tasks, target, source);
    setRefusal(
      circle && source !== target ? `Refused, since it would go in a circle: ${circle.join(' → ')}` : null,
    );
    return circle === null;
  };

  if (layout.nodes.size === 0)
    return <div role="status" aria-label="Laying out the graph" className="h-full" />;
  return (
    <div className="relative h-full">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        nodesDraggable={false}
        nodesConnectable={mayEdit}
        edgesFocusable={mayEdit}
        deleteKeyCode={mayEdit ? ['Backspace', 'Delete'] : null}
        isValidConnection={isValid}
        onConnect={({ source, target }: Connection) => onConnect?.(target, source)}
        onConnectEnd={() => setTimeout(() => setRefusal(null), 4_000)}
        onBeforeDelete={async ({ edges: removed }) => {
          for (const { source, target } of removed) onDisconnect?.(target, source);
          return false;
        }}
        onNodeClick={(_, { id }) => onSelect(id)}
        onNodesChange={(changes) => {
          const chosen = changes.find((change) => change.type === 'select' && change.selected);
          if (chosen && 'id' in chosen) onSelect(chosen.id);
        }}
        onPaneClick={() => onSelect(null)}
        fitView
        fitViewOptions={{ padding: 0.15, maxZoom: 1.1 }}
        minZoom={0.15}
        maxZoom={1.6}
        proOptions={{ hideAttribution: true }}
        ariaLabelConfig={{ 'node.a11yDescription.default': 'Press Enter to open the task.' }}
      >
        <Background gap={24} size={1} color="var(--line)" />
        <Controls
          showInteractive={false}
          className="overflow-hidden rounded-control border border-line bg-surface [&_button]:size-7 [&_button]:border-b [&_button]:border-line [&_button]:p-1.5 [&_button:hover]:bg-raised [&_svg]:fill-current"
        />
      </ReactFlow>
      <p
        role="alert"
        className={classes(
          'absolute inset-x-0 top-3 mx-auto w-fit max-w-[90%] rounded-control bg-bad-quiet px-3 py-1.5 text-bad',
          !refusal && 'hidden',
        )}
      >
        {refusal}
      </p>
    </div>
  );
}

function useLayout(tasks: readonly Task[]): Layout {
  const [layout, setLayout] = useState(noLayout);
  const latest = useRef(tasks);
  useEffect(() => {
    latest.current = tasks;
  });
  const structure = structureOf(tasks);
  useEffect(() => {
    let isCurrent = true;
    void layOut(latest.current).then((laidOut) => isCurrent && setLayout(laidOut));
    return () => {
      isCurrent = false;
    };
  }, [structure]);
  return layout;
}

function elementsOf({
  tasks,
  layout,
  selected,
  mayEdit,
}: {
  tasks: readonly Task[];
  layout: Layout;
  selected: string | null;
  mayEdit: boolean;
}): { nodes: TaskNodeType[]; edges: RoutedEdgeType[] } {
  const critical = criticalPath(tasks);
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const nodes = tasks.flatMap((task): TaskNodeType[] => {
    const position = layout.nodes.get(task.id);
    if (!position) return [];
    const isReady = task.dependsOn.every((id) => byId.get(id)?.state === 'accepted');
    return [
      {
        id: task.id,
        type: 'task',
        position,
        selected: task.id === selected,
        ariaLabel: `${task.title}, ${task.state}`,
        data: { task, isCritical: critical.includes(task.id), isReady, mayConnect: mayEdit },
      },
    ];
  });
  const edges = tasks.flatMap((task) =>
    task.dependsOn.map((source): RoutedEdgeType => {
      const at = critical.indexOf(source);
      const isCritical = at >= 0 && critical[at + 1] === task.id;
      const isFlowing = byId.get(source)?.state === 'accepted' && task.state === 'running';
      const colour = isCritical ? 'var(--dim)' : 'var(--line-strong)';
      return {
        id: edgeId(source, task.id),
        type: 'routed',
        data: { route: layout.routes.get(edgeId(source, task.id)) },
        source,
        target: task.id,
        animated: isFlowing,
        deletable: mayEdit,
        style: { stroke: isFlowing ? 'var(--info)' : colour, strokeWidth: isCritical ? 2.25 : 1.25 },
        markerEnd: {
          type: MarkerType.ArrowClosed,
          color: isFlowing ? 'var(--info)' : colour,
          width: 14,
          height: 14,
        },
      };
    }),
  );
  return { nodes, edges };
}
