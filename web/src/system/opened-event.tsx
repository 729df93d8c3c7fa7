'use client';
import type { LiveEvent } from '@aether/contracts/live-frames';
import { useMemo } from 'react';
import { Button } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Copy } from '@/ui/copy';
import { exact } from '@/ui/words';
import { storyOf } from './story';

const STEP_PX = 14;

/** `missions.task-changed` of `evt.missions.task-changed.v1`. */
export const shortName = (event: string) => event.split('.').slice(1, 3).join('.');

/** An event with all that it says, what led to it and what came of it. */
export function OpenedEvent<E extends LiveEvent>({
  event,
  events,
  onOpen,
  onFind,
}: {
  readonly event: E;
  /** Everything that was seen. */
  readonly events: readonly E[];
  readonly onOpen: (event: E) => void;
  readonly onFind: (words: string) => void;
}) {
  const { id, event: name, at, actorId, correlationId, causationId, data } = event;
  const json = JSON.stringify({ id, event: name, at, actorId, correlationId, causationId, data }, null, 2);
  const ids = [...new Set(json.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? [])];
  const story = useMemo(() => storyOf(events, event), [events, event]);
  const isCauseSeen = story.some((part) => part.event.id === causationId);
  return (
    <div className="space-y-4 p-4">
      <div className="flex items-center justify-between gap-3">
        <p className="text-dim">{exact(at)}</p>
        <Copy text={json} label="Copy JSON" />
      </div>
      <section aria-label="What led to it, and what came of it" className="space-y-1">
        {causationId && !isCauseSeen && (
          <p className="text-12 text-dim">
            Its cause, <code className="font-mono">…{causationId.slice(-8)}</code>, came before this page was
            opened.
          </p>
        )}
        <ol
          tabIndex={0}
          aria-label="Events of the same story"
          className="max-h-72 overflow-auto rounded-control border border-line p-1"
        >
          {story.map(({ event: part, depth }) => (
            <li key={part.id} style={{ paddingLeft: depth * STEP_PX }}>
              <button
                type="button"
                aria-current={part.id === id ? 'true' : undefined}
                onClick={() => onOpen(part)}
                className={classes(
                  'flex h-7 w-full items-center gap-3 rounded-control px-2 text-left font-mono text-12',
                  part.id === id ? 'bg-accent-quiet text-accent' : 'hover:bg-raised',
                )}
              >
                <span className="min-w-0 flex-1 truncate">{shortName(part.event)}</span>
                <time dateTime={part.at} title={exact(part.at)} className="shrink-0 text-dim">
                  {new Date(part.at).toLocaleTimeString('en-GB')}
                </time>
              </button>
            </li>
          ))}
        </ol>
      </section>
      {ids.length > 0 && (
        <div className="flex flex-wrap items-center gap-1.5 text-12 text-dim">
          Find others with
          {ids.slice(0, 6).map((found) => (
            <Button
              key={found}
              size="small"
              className="font-mono"
              title={found}
              onClick={() => onFind(found)}
            >
              …{found.slice(-8)}
            </Button>
          ))}
        </div>
      )}
      <pre
        tabIndex={0}
        aria-label="JSON of the event"
        role="region"
        className="overflow-x-auto rounded-control border border-line bg-canvas p-3 font-mono text-12 leading-5"
      >
        {json}
      </pre>
    </div>
  );
}
