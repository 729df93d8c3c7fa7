'use client';
import { useMemo, useSyncExternalStore } from 'react';
import { useMe } from '@/api/session';
import { offerUndo } from '@/ui/undo';
import {
  chooseNotices,
  keepNotices,
  keptNotices,
  noNotices,
  noticeChoices,
  usualChoices,
  watchKept,
  type NoticeChoices,
} from './kept';
import type { Notice } from './notice';

/** What the person who is signed in was told, and what they do with it. */
export function useNotices() {
  const person = useMe().data?.id ?? '';
  const kept = useSyncExternalStore(
    watchKept,
    () => keptNotices(person),
    () => noNotices,
  );
  const { notInBell } = useNoticeChoices();
  return useMemo(() => {
    const change = (isMeant: (notice: Notice) => boolean) =>
      keepNotices(
        person,
        keptNotices(person).map((notice) => (isMeant(notice) ? { ...notice, isRead: true } : notice)),
      );
    const notices = kept.filter(({ kind }) => !notInBell.includes(kind));
    return {
      notices,
      unread: notices.filter(({ isRead }) => !isRead).length,
      markRead: (id: string) => change((notice) => notice.id === id),
      markAllRead: () => change(() => true),
      clear: () => {
        const before = keptNotices(person);
        keepNotices(person, []);
        offerUndo('The list of notifications was emptied.', () => {
          const since = keptNotices(person);
          const known = new Set(since.map(({ id }) => id));
          keepNotices(person, [...since, ...before.filter(({ id }) => !known.has(id))]);
        });
      },
    };
  }, [person, kept, notInBell]);
}

export function useNoticeChoices() {
  const person = useMe().data?.id ?? '';
  const choices = useSyncExternalStore(
    watchKept,
    () => noticeChoices(person),
    () => usualChoices,
  );
  return {
    ...choices,
    choose: (changed: Partial<NoticeChoices>) => chooseNotices(person, { ...choices, ...changed }),
  };
}
