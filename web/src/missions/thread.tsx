'use client';
import type { ThreadEntry } from '@aether/contracts/mission-schemas';
import {
  CircleHelp,
  FileText,
  Flag,
  Lightbulb,
  ListTree,
  MessageSquare,
  Receipt,
  Send,
  Waypoints,
  type LucideIcon,
} from 'lucide-react';
import { useState } from 'react';
import { useChange } from '@/api/queries';
import { useMay } from '@/api/session';
import { AgentMark } from '@/ui/agent-mark';
import { Button } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Empty, Fault, Loaded } from '@/ui/feedback';
import { Markdown } from '@/ui/markdown';
import { Ago } from '@/ui/time';
import { useThread } from './use-thread';

const icons: Partial<Record<ThreadEntry['kind'], LucideIcon>> = {
  comment: MessageSquare,
  progress: Waypoints,
  plan: ListTree,
  proposal: Lightbulb,
  question: CircleHelp,
  answer: MessageSquare,
  decision: Flag,
  receipt: Receipt,
  state: Waypoints,
  artifact: FileText,
};

/** Kinds that are people's or agents' words rather than what merely happened. */
const spoken = new Set<ThreadEntry['kind']>(['comment', 'question', 'answer', 'plan', 'proposal']);

export function Thread({ missionId, taskId }: { readonly missionId: string; readonly taskId?: string }) {
  const may = useMay();
  const thread = useThread(missionId, taskId);
  const [text, setText] = useState('');
  const comment = useChange('POST /api/v1/missions/{id}/thread', { onDone: () => setText('') });
  const adopt = useChange('POST /api/v1/missions/{id}/thread/{seq}/adopt', {
    refresh: ['GET /api/v1/tasks'],
  });
  return (
    <div className="mx-auto w-full max-w-3xl space-y-4 p-4">
      <Loaded query={thread}>
        {() => (
          <>
            {thread.hasNextPage && (
              <Button
                size="small"
                look="quiet"
                busy={thread.isFetchingNextPage}
                onClick={() => void thread.fetchNextPage()}
              >
                Show earlier entries
              </Button>
            )}
            {thread.entries.length === 0 && <Empty drawing="talk" title="Nothing was said yet" />}
            <ol className="space-y-1">
              {thread.entries.map((entry) => (
                <Entry
                  key={entry.id}
                  entry={entry}
                  {...(entry.kind === 'proposal' &&
                    may('missions:write') && {
                      onAdopt: () => adopt.mutate({ id: missionId, seq: entry.seq }),
                    })}
                />
              ))}
            </ol>
            <Fault error={adopt.error} />
          </>
        )}
      </Loaded>
      {may('missions:write') && (
        <form
          className="flex items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            comment.mutate({ id: missionId, text, ...(taskId && { taskId }) });
          }}
        >
          <textarea
            aria-label="Comment"
            required
            rows={2}
            value={text}
            onChange={(event) => setText(event.target.value)}
            placeholder={taskId ? 'Comment on this task' : 'Comment on this mission'}
            className="min-h-10 flex-1 resize-y rounded-control border border-line-strong/60 bg-surface px-2.5 py-1.5 placeholder:text-faint"
          />
          <Button type="submit" busy={comment.isPending}>
            <Send aria-hidden /> Send
          </Button>
        </form>
      )}
      <Fault error={comment.error} />
    </div>
  );
}

function Entry({ entry, onAdopt }: { readonly entry: ThreadEntry; readonly onAdopt?: () => void }) {
  const Icon = icons[entry.kind] ?? Waypoints;
  const isSpoken = spoken.has(entry.kind);
  return (
    <li
      className={classes(
        'flex gap-3 rounded-card px-2',
        isSpoken ? 'my-2 border border-line bg-surface py-3' : 'py-1',
      )}
    >
      {isSpoken ? (
        <AgentMark name={entry.author.name} />
      ) : (
        <span className="flex w-7 shrink-0 justify-center pt-0.5">
          <Icon aria-hidden className="size-3.5 text-faint" />
        </span>
      )}
      <div className="min-w-0 flex-1">
        {isSpoken ? (
          <>
            <p className="flex items-baseline gap-2">
              <span className="font-medium">{entry.author.name}</span>
              <span className="text-12 text-dim">{entry.kind}</span>
              <Ago at={entry.at} className="ml-auto text-12 text-dim" />
            </p>
            <Markdown text={entry.text} />
          </>
        ) : (
          <p className="flex items-baseline gap-2">
            <span className="min-w-0 flex-1 text-dim break-words">
              <span className="text-ink">{entry.author.name}</span> {entry.text}
            </span>
            <Ago at={entry.at} className="shrink-0 text-12 text-dim" />
          </p>
        )}
        {onAdopt && (
          <Button size="small" className="mt-2" onClick={onAdopt}>
            Add this task
          </Button>
        )}
      </div>
    </li>
  );
}
