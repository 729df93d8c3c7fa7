'use client';
import { Popover } from '@base-ui/react/popover';
import { Bell as BellIcon, CheckCheck, Settings2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Link } from '@/ui/link';
import { toneText } from '@/ui/state';
import { Ago } from '@/ui/time';
import { plural } from '@/ui/words';
import { noticeKinds } from './kinds';
import type { Notice } from './notice';
import { useNotices } from './use-notices';

/** What happened that matters, what of it is new, and the way there. */
export function Bell() {
  const { notices, unread, markRead, markAllRead, clear } = useNotices();
  const [isOpen, setOpen] = useState(false);
  const label = unread > 0 ? `Notifications, ${unread} unread` : 'Notifications';
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger
        aria-label={label}
        title={label}
        className="relative inline-flex size-8 shrink-0 items-center justify-center rounded-control text-dim transition-colors duration-150 hover:bg-raised hover:text-ink"
      >
        <BellIcon aria-hidden className="size-4" />
        {unread > 0 && (
          <span
            aria-hidden
            className="absolute -top-0.5 -right-0.5 min-w-4 rounded-full bg-accent px-1 text-center text-11 leading-4 font-medium text-on-accent"
          >
            {unread > 9 ? '9+' : unread}
          </span>
        )}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner align="end" sideOffset={6} collisionPadding={8} className="z-50">
          <Popover.Popup className="flex max-h-[min(70dvh,36rem)] w-[min(calc(100vw-1rem),24rem)] animate-appear flex-col overflow-hidden rounded-card border border-line bg-overlay shadow-float outline-none">
            <header className="flex min-h-11 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4">
              <Popover.Title className="flex-1 text-13 font-semibold">Notifications</Popover.Title>
              {unread > 0 && (
                <IconButton label="Mark all as read" onClick={markAllRead}>
                  <CheckCheck aria-hidden />
                </IconButton>
              )}
              {notices.length > 0 && (
                <IconButton label="Empty the list" onClick={clear}>
                  <Trash2 aria-hidden />
                </IconButton>
              )}
              <Link
                href="/settings/?section=notifications"
                aria-label="Choose what to be told"
                title="Choose what to be told"
                onClick={() => setOpen(false)}
                className="inline-flex size-8 items-center justify-center rounded-control text-dim hover:bg-raised hover:text-ink"
              >
                <Settings2 aria-hidden className="size-4" />
              </Link>
            </header>
            {notices.length === 0 ? (
              <p className="px-4 py-8 text-center text-dim">
                Nothing to tell. Reviews, questions, failures and endings appear here.
              </p>
            ) : (
              <ul aria-label={plural(notices.length, 'notification')} className="overflow-y-auto">
                {notices.map((notice) => (
                  <Row
                    key={notice.id}
                    notice={notice}
                    onOpen={() => {
                      markRead(notice.id);
                      setOpen(false);
                    }}
                  />
                ))}
              </ul>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Row({ notice, onOpen }: { readonly notice: Notice; readonly onOpen: () => void }) {
  const { kind, title, about, href, at, isRead, isSettled, hasFailed } = notice;
  const { Icon, tone, label } = noticeKinds[kind];
  return (
    <li className="border-b border-line last:border-b-0">
      <Link href={href} onClick={onOpen} className="flex gap-3 px-4 py-2.5 hover:bg-raised">
        <Icon
          aria-label={label}
          className={classes(
            'mt-0.5 size-4 shrink-0',
            isSettled ? 'text-faint' : toneText[hasFailed ? 'bad' : tone],
          )}
        />
        <span className="min-w-0 flex-1">
          <span
            className={classes('block truncate', isRead ? 'text-dim' : 'font-medium text-ink')}
            title={title}
          >
            {title}
          </span>
          <span className="line-clamp-2 text-12 text-dim">{about}</span>
          <span className="text-11 text-dim">
            <Ago at={at} />
            {isSettled && ' · settled'}
          </span>
        </span>
        {!isRead && (
          <span className="mt-1.5 size-2 shrink-0 rounded-full bg-accent">
            <span className="sr-only">unread</span>
          </span>
        )}
      </Link>
    </li>
  );
}
