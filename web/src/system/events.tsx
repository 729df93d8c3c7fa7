'use client';
import type { LiveEvent } from '@aether/contracts/live-frames';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Eraser, Pause, Play } from 'lucide-react';
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useMay } from '@/api/session';
import { useTopic } from '@/live/live';
import { Button } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Drawer } from '@/ui/dialog';
import { Empty } from '@/ui/feedback';
import { SearchField } from '@/ui/search-field';
import { exact } from '@/ui/words';
import { OpenedEvent, shortName } from './opened-event';
import { ownerNames, owners, partLabel, type Owner } from './owners';

const KEPT = 2_000;
const FLUSH_EVERY_MS = 250;
const ROW_PX = 32;
/** Letters of the content in a row: more than fit into the widest. */
const JSON_SHOWN = 400;

interface Seen extends LiveEvent {
  readonly owner: Owner;
  /** The content as it is shown. */
  readonly json: string;
  /** What is searched. */
  readonly text: string;
}

/** Everything that the parts publish while the page is open, the newest first. */
export function Events() {
  const may = useMay();
  const open = ownerNames.filter((owner) => may(owners[owner]));
  const [hidden, setHidden] = useState<ReadonlySet<Owner>>(new Set());
  const [words, setWords] = useState('');
  const [isPaused, setPaused] = useState(false);
  const [shown, setShown] = useState<Seen | null>(null);
  const { events, take, clear } = useSeen(isPaused);
  const search = useDeferredValue(words.trim().toLowerCase());
  const found = useMemo(
    () => events.filter(({ owner, text }) => !hidden.has(owner) && text.includes(search)),
    [events, hidden, search],
  );
  const toggle = (owner: Owner) => {
    const next = new Set(hidden);
    if (!next.delete(owner)) next.add(owner);
    setHidden(next);
  };
  return (
    <>
      {open.map((owner) => (
        <Tap key={owner} owner={owner} onEvent={take} />
      ))}
      <div className="flex flex-wrap items-center gap-2 border-b border-line bg-surface px-4 py-2 md:px-6">
        <SearchField
          label="Search events"
          value={words}
          onWords={setWords}
          placeholder="Name, id or content"
          className="w-full sm:w-64"
        />
        <div role="group" aria-label="Parts" className="flex flex-wrap gap-1">
          {open.map((owner) => (
            <button
              key={owner}
              type="button"
              aria-pressed={!hidden.has(owner)}
              onClick={() => toggle(owner)}
              className={classes(
                'h-7 rounded-full border px-2.5 text-12 transition-colors duration-150',
                hidden.has(owner)
                  ? 'border-line text-dim hover:text-ink'
                  : 'border-transparent bg-accent-quiet text-accent',
              )}
            >
              {partLabel(owner)}
            </button>
          ))}
        </div>
        <div className="ml-auto flex items-center gap-2">
          <span className="figures text-12 text-dim">
            {found.length === events.length ? events.length : `${found.length} of ${events.length}`}
          </span>
          <Button size="small" aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
            {isPaused ? <Play aria-hidden /> : <Pause aria-hidden />}
            {isPaused ? 'Go on' : 'Hold'}
          </Button>
          <Button size="small" onClick={clear}>
            <Eraser aria-hidden /> Clear
          </Button>
        </div>
      </div>
      {found.length === 0 ? (
        <Empty title={events.length === 0 ? 'Nothing has happened yet' : 'No event has these words'}>
          {events.length === 0
            ? 'Events appear here as they happen. Start a mission or a chat, and watch.'
            : 'Names, ids and the whole content are searched.'}
        </Empty>
      ) : (
        <Rows events={found} onOpen={setShown} />
      )}
      <Drawer
        open={shown !== null}
        onClose={() => setShown(null)}
        title={shown ? shortName(shown.event) : 'Event'}
      >
        {shown && <OpenedEvent event={shown} events={events} onOpen={setShown} onFind={setWords} />}
      </Drawer>
    </>
  );
}

function Tap({
  owner,
  onEvent,
}: {
  readonly owner: Owner;
  readonly onEvent: (owner: Owner, event: LiveEvent) => void;
}) {
  useTopic(`events/${owner}`, { frame: (data) => onEvent(owner, data as LiveEvent) });
  return null;
}

/** What was seen, shown a few times a second however fast it comes. */
function useSeen(isPaused: boolean) {
  const [events, setEvents] = useState<readonly Seen[]>([]);
  const arrived = useRef<Seen[]>([]);
  useEffect(() => {
    if (isPaused) return;
    const timer = setInterval(() => {
      const fresh = arrived.current;
      if (fresh.length === 0) return;
      arrived.current = [];
      setEvents((kept) => [...fresh.toReversed(), ...kept].slice(0, KEPT));
    }, FLUSH_EVERY_MS);
    return () => clearInterval(timer);
  }, [isPaused]);
  return {
    events,
    take: (owner: Owner, event: LiveEvent) => {
      const json = JSON.stringify(event.data);
      const { id, event: name, actorId, correlationId, causationId } = event;
      const text = [id, name, actorId, correlationId, causationId, json].join(' ').toLowerCase();
      arrived.current.push({ ...event, owner, json, text });
      // Held for long: what is too old to be kept goes now and then.
      if (arrived.current.length > 2 * KEPT) arrived.current = arrived.current.slice(-KEPT);
    },
    clear: () => {
      arrived.current = [];
      setEvents([]);
    },
  };
}

function Rows({
  events,
  onOpen,
}: {
  readonly events: readonly Seen[];
  readonly onOpen: (event: Seen) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtTop, setAtTop] = useState(true);
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: useCallback((index: number) => events[index]?.id ?? index, [events]),
    overscan: 10,
    // Who reads further down stays at what they read; who looks at the top sees the newest.
    anchorTo: isAtTop ? 'start' : 'end',
  });
  return (
    <div
      ref={scroller}
      role="region"
      aria-label="Events"
      tabIndex={0}
      onScroll={({ currentTarget }) => setAtTop(currentTarget.scrollTop < ROW_PX)}
      className="min-h-0 flex-1 overflow-auto"
    >
      <ul className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, key, start }) => {
          const event = events[index];
          if (!event) return null;
          return (
            <li
              key={key}
              aria-posinset={index + 1}
              aria-setsize={events.length}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${start}px)`, height: ROW_PX }}
            >
              <button
                type="button"
                onClick={() => onOpen(event)}
                className="flex size-full items-center gap-4 border-b border-line px-4 text-left font-mono text-12 hover:bg-raised md:px-6"
              >
                <time dateTime={event.at} title={exact(event.at)} className="shrink-0 text-dim">
                  {new Date(event.at).toLocaleTimeString('en-GB')}
                </time>
                <span className="shrink-0 text-accent">{shortName(event.event)}</span>
                <span className="min-w-0 flex-1 truncate text-dim">{event.json.slice(0, JSON_SHOWN)}</span>
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
