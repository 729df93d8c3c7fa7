'use client';
import type { LiveEvent } from '@aether/contracts/live-frames';
import { useCallback, useEffect, useRef } from 'react';
import { useMay, useMe } from '@/api/session';
import { useTopic } from '@/live/live';
import { showByBrowser } from './browser-notice';
import { keepNotices, keepPlaces, keptNotices, keptPlaces, noticeChoices } from './kept';
import { noticeOwners, type NoticeOwner } from './kinds';
import { withEvent, type Notice } from './notice';

/** What is older came while nobody was here: it is in the bell, and the browser does not shout it afterwards. */
const FRESH_MS = 60_000;
/** However many events come, what was told is written this often at most. */
const WRITE_EVERY_MS = 300;

const owners = Object.keys(noticeOwners) as NoticeOwner[];

/** Makes notices of events, from where this person's last visit in this browser ended. */
export function NoticeCollector() {
  const person = useMe().data?.id;
  const may = useMay();
  return owners.map(
    (owner) => person && may(noticeOwners[owner]) && <Follower key={owner} owner={owner} person={person} />,
  );
}

function Follower({ owner, person }: { readonly owner: NoticeOwner; readonly person: string }) {
  const arrived = useRef<LiveEvent[]>([]);
  const place = useRef<string>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const flush = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    if (place.current !== undefined) keepPlaces(person, { [owner]: place.current });
    takeIn(arrived.current, person);
    arrived.current = [];
  }, [owner, person]);
  useEffect(() => flush, [flush]);
  const reach = (cursor: string) => {
    place.current = cursor;
    timer.current ??= setTimeout(flush, WRITE_EVERY_MS);
  };
  useTopic(`events/${owner}`, {
    after: keptPlaces(person)[owner],
    joined: reach,
    frame: (data, cursor) => {
      arrived.current.push(data as LiveEvent);
      reach(cursor);
    },
  });
  return null;
}

/** Other tabs may have written meanwhile, so what is kept is read anew each time. */
function takeIn(events: readonly LiveEvent[], person: string): void {
  const before = keptNotices(person);
  const after = events.reduce(withEvent, before);
  if (after === before) return;
  keepNotices(person, after);
  const known = new Set(before.map(({ id }) => id));
  for (const notice of after) if (!known.has(notice.id)) tell(notice, person);
}

function tell(notice: Notice, person: string): void {
  const { isBrowserOn, notByBrowser } = noticeChoices(person);
  const isFresh = Date.now() - Date.parse(notice.at) < FRESH_MS;
  const isLookedAt = document.visibilityState === 'visible' && document.hasFocus();
  if (isBrowserOn && !notByBrowser.includes(notice.kind) && isFresh && !isLookedAt && !notice.isRead)
    void showByBrowser(notice);
}
