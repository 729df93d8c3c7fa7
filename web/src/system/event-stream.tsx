'use client';
import type { LiveEvent } from '@aether/contracts/live-frames';
import { useDeferredValue, useEffect, useRef, useState } from 'react';
import { useMay } from '@/api/session';
import { useEvents } from '@/live/live';
import { eventTopics } from '@/live/topics';
import { Card } from '@/ui/card';
import { exact } from '@/ui/words';

/** Older ones are let go: this is a window, not the record. */
const EVENTS_MAX = 500;

/** Events as they happen, each opening to its content. */
export function EventStream() {
  const may = useMay();
  const [events, setEvents] = useState<readonly LiveEvent[]>([]);
  const [words, setWords] = useState('');
  const wanted = useDeferredValue(words.toLowerCase());
  const waiting = useRef<LiveEvent[]>([]);
  const picture = useRef<number | null>(null);
  const add = (event: LiveEvent) => {
    waiting.current.push(event);
    picture.current ??= requestAnimationFrame(() => {
      picture.current = null;
      const arrived = waiting.current.splice(0).reverse();
      setEvents((old) => [...arrived, ...old].slice(0, EVENTS_MAX));
    });
  };
  useEffect(
    () => () => {
      if (picture.current !== null) cancelAnimationFrame(picture.current);
      picture.current = null;
    },
    [],
  );
  useEvents(may(eventTopics.deployer) ? 'deployer' : null, add);
  useEvents(may(eventTopics.openclaw) ? 'openclaw' : null, add);
  useEvents(may(eventTopics.missions) ? 'missions' : null, add);
  useEvents(may(eventTopics.orchestrator) ? 'orchestrator' : null, add);
  const shown = events.filter(({ event, actorId }) => `${event} ${actorId}`.includes(wanted));
  return (
    <Card
      title="Events"
      flush
      action={
        <input
          type="search"
          data-filter
          aria-label="Filter events"
          placeholder="Filter"
          value={words}
          onChange={(event) => setWords(event.target.value)}
          className="h-7 w-44 rounded-control border border-line bg-canvas px-2 text-12 placeholder:text-faint"
        />
      }
    >
      {shown.length === 0 ? (
        <p className="px-4 py-5 text-dim">Events appear here as they happen, from now on.</p>
      ) : (
        <ul className="max-h-120 divide-y divide-line overflow-y-auto font-mono text-12">
          {shown.map((event) => (
            <li key={event.id}>
              <details>
                <summary className="flex cursor-pointer gap-4 px-4 py-1.5 hover:bg-raised">
                  <time dateTime={event.at} title={exact(event.at)} className="text-dim">
                    {event.at.slice(11, 23)}
                  </time>
                  <span className="min-w-0 flex-1 truncate">
                    {event.event.replace(/^evt\./, '').replace(/\.v\d+$/, '')}
                  </span>
                  <span className="truncate text-dim">{event.actorId}</span>
                </summary>
                <pre className="max-h-96 overflow-auto bg-raised p-3 text-11">
                  {JSON.stringify(event.data, null, 2)}
                </pre>
              </details>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
