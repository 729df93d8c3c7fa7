'use client';
import { Handle, Position, type Node, type NodeProps } from '@xyflow/react';
import { AgentMark, agentColour } from '@/ui/agent-mark';
import { classes } from '@/ui/classes';
import { StateIcon, Tag, toneText, lookOf, wordOf } from '@/ui/state';
import { Elapsed } from '@/ui/time';
import type { GraphTask } from './graph-task';
import { NODE_HEIGHT, NODE_WIDTH } from './layout';

interface TaskNodeData extends Record<string, unknown> {
  readonly task: GraphTask;
  readonly isCritical: boolean;
  readonly isReady: boolean;
  readonly mayConnect: boolean;
  /** Why it has not begun. */
  readonly reason: string | null;
  /** What of it is different from the last plan. */
  readonly change: readonly string[];
}
export type TaskNodeType = Node<TaskNodeData, 'task'>;

/** Seen where one may connect; else only where arrows end. */
const handleOf = (mayConnect: boolean) =>
  mayConnect
    ? 'size-3! rounded-full! border-2! border-surface! bg-line-strong! hover:bg-accent!'
    : 'size-px! min-w-0! min-h-0! border-0! bg-transparent!';

export function TaskNode({
  data: { task, isCritical, isReady, mayConnect, reason, change },
  selected,
}: NodeProps<TaskNodeType>) {
  const word = task.state === 'waiting' ? (reason ?? (isReady ? 'Ready' : 'Waits')) : wordOf(task.state);
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
            ? 'border-line-strong shadow-[inset_0_0_0_1px_var(--line-strong)]'
            : 'border-line',
        isFinal && 'opacity-55',
        change.length > 0 && !selected && 'border-wait bg-wait-quiet',
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
        <span className={classes('min-w-0 truncate', toneText[lookOf(task.state).tone])} title={word}>
          {word}
        </span>
        <span className="ml-auto flex shrink-0 items-center gap-1.5 text-dim">
          {change.length > 0 && (
            <span title={`Different: ${change.join(', ')}`}>
              <Tag tone="wait">{change[0] === 'new' ? 'new' : 'changed'}</Tag>
            </span>
          )}
          {task.state === 'running' && task.updatedAt && <Elapsed from={task.updatedAt} />}
          {task.attempts > 1 && <span title={`${task.attempts} attempts`}>×{task.attempts}</span>}
          {task.agentName ? (
            <span className="flex items-center gap-1">
              {task.state !== 'running' || (
                <span className="max-w-16 truncate" title={task.agentName}>
                  {task.agentName}
                </span>
              )}
              <AgentMark name={task.agentName} size="small" />
            </span>
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
