'use client';
import type { Task } from '@aether/contracts/mission-schemas';
import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { AgentMark, agentColour } from '@/ui/agent-mark';
import { classes } from '@/ui/classes';
import { StateIcon, toneText, lookOf, wordOf } from '@/ui/state';
import { Elapsed } from '@/ui/time';
import { NODE_HEIGHT, NODE_WIDTH } from './layout';

interface TaskNodeData extends Record<string, unknown> {
  readonly task: Task;
  readonly isCritical: boolean;
  readonly isReady: boolean;
  readonly mayConnect: boolean;
}
export type TaskNodeType = Node<TaskNodeData, 'task'>;

/** Seen where one may connect; else only where arrows end. */
const handleOf = (mayConnect: boolean) =>
  mayConnect
    ? 'size-3! rounded-full! border-2! border-surface! bg-line-strong! hover:bg-accent!'
    : 'size-px! min-w-0! min-h-0! border-0! bg-transparent!';

export function TaskNode({
  data: { task, isCritical, isReady, mayConnect },
  selected,
}: NodeProps<TaskNodeType>) {
  const word = task.state === 'waiting' ? (isReady ? 'Ready' : 'Waits') : wordOf(task.state);
  const isFinal = task.state === 'cancelled';
  return (
    <div
      style={{
        width: NODE_WIDTH,
        height: NODE_HEIGHT,
        ...(task.agentName && { borderLeftColor: agentColour(task.agentName) }),
      }}
      className={classes(
        'flex flex-col justify-between rounded-card border border-l-3 bg-surface p-2.5 text-left transition-shadow duration-150',
        selected
          ? 'border-accent shadow-[0_0_0_2px_var(--accent-quiet)]'
          : isCritical
            ? 'border-line-strong'
            : 'border-line',
        isFinal && 'opacity-55',
      )}
    >
      <Handle
        type="target"
        position={Position.Left}
        className={handleOf(mayConnect)}
        isConnectable={mayConnect}
      />
      <p
        className={classes('line-clamp-2 text-13 leading-4.5 font-medium', isFinal && 'line-through')}
        title={task.title}
      >
        {task.title}
      </p>
      <div className="flex items-center gap-1.5 text-12">
        <StateIcon state={task.state} className="size-3.5" />
        <span className={classes('truncate', toneText[lookOf(task.state).tone])}>{word}</span>
        <span className="ml-auto flex items-center gap-1.5 text-dim">
          {task.state === 'running' && <Elapsed from={task.updatedAt} />}
          {task.attempts > 1 && <span title={`${task.attempts} attempts`}>×{task.attempts}</span>}
          {task.agentName ? (
            <AgentMark name={task.agentName} size="small" />
          ) : (
            <span title="Estimate">{task.estimateMinutes} m</span>
          )}
        </span>
      </div>
      <Handle
        type="source"
        position={Position.Right}
        className={handleOf(mayConnect)}
        isConnectable={mayConnect}
      />
    </div>
  );
}
