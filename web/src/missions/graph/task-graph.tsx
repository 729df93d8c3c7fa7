'use client';
import '@xyflow/react/dist/base.css';
import { Background, Controls, ReactFlow, type Connection, type IsValidConnection } from '@xyflow/react';
import { useMemo, useState } from 'react';
import { classes } from '@/ui/classes';
import type { PlanChanges } from '../history';
import { cycleOf } from './cycle';
import { elementsOf } from './elements';
import type { GraphTask } from './graph-task';
import { RoutedEdge } from './routed-edge';
import { TaskNode } from './task-node';
import { useLayout } from './use-layout';

const nodeTypes = { task: TaskNode };
const edgeTypes = { routed: RoutedEdge };

export interface TaskGraphProps {
  readonly tasks: readonly GraphTask[];
  readonly selected: string | null;
  readonly onSelect: (taskId: string | null) => void;
  /** Absent where the graph is only looked at. */
  readonly onConnect?: (taskId: string, dependsOn: string) => void;
  readonly onDisconnect?: (taskId: string, dependsOn: string) => void;
  /** Of a plan, to be pointed out. */
  readonly changes?: PlanChanges | null;
  /** Why a task that could begin has not, by its id. */
  readonly waits?: ReadonlyMap<string, string>;
}

/** The tasks of a mission and what waits for what. Places stay while the structure stays. */
export function TaskGraph({
  tasks,
  selected,
  onSelect,
  onConnect,
  onDisconnect,
  changes,
  waits,
}: TaskGraphProps) {
  const { layout, isLaidOut } = useLayout(tasks);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [selectedEdge, setSelectedEdge] = useState<string | null>(null);
  const mayEdit = onConnect !== undefined;
  const { nodes, edges } = useMemo(
    () =>
      elementsOf({
        ...{ tasks, layout, selected, selectedEdge, mayEdit },
        ...(changes && { changes }),
        ...(waits && { waits }),
      }),
    [tasks, layout, selected, selectedEdge, mayEdit, changes, waits],
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
    <div className="relative h-full" aria-busy={!isLaidOut}>
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
        onEdgesChange={(changes) => {
          for (const change of changes)
            if (change.type === 'select')
              setSelectedEdge((before) =>
                change.selected ? change.id : before === change.id ? null : before,
              );
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
