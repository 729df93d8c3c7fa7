'use client';
import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from '@/ui/link';
import { classes } from '@/ui/classes';
import { ConnectionLight } from './connection-light';
import { HeadTools } from './head-tools';

export interface Crumb {
  readonly label: string;
  readonly href: string;
}

/** A screen: where it is, its state and acts in one line, and its content below. */
export function Page({
  title,
  crumbs = [],
  state,
  actions,
  tabs,
  children,
  fills = false,
}: {
  readonly title: string;
  readonly crumbs?: readonly Crumb[];
  readonly state?: ReactNode;
  readonly actions?: ReactNode;
  readonly tabs?: ReactNode;
  readonly children: ReactNode;
  /** Content takes the whole height and scrolls by itself. */
  readonly fills?: boolean;
}) {
  return (
    <>
      <header className="shrink-0 border-b border-line bg-surface px-4 md:px-6">
        <div className="flex min-h-13 flex-wrap items-center gap-x-3 gap-y-2 py-2">
          <div className="flex min-w-0 flex-1 items-center gap-1.5">
            {crumbs.map(({ label, href }) => (
              <span key={href} className="hidden shrink-0 items-center gap-1.5 text-dim sm:flex">
                <Link href={href} className="hover:text-ink">
                  {label}
                </Link>
                <ChevronRight aria-hidden className="size-3.5 text-faint" />
              </span>
            ))}
            <h1 className="truncate text-14 font-semibold" title={title}>
              {title}
            </h1>
            {state && <span className="ml-1.5 flex shrink-0 items-center gap-2">{state}</span>}
          </div>
          {actions && (
            <div className="order-last flex w-full flex-wrap items-center gap-2 empty:hidden sm:order-none sm:w-auto">
              {actions}
            </div>
          )}
          <div className="flex items-center gap-2">
            <ConnectionLight />
            <HeadTools />
          </div>
        </div>
        {tabs}
      </header>
      <main
        id="content"
        tabIndex={-1}
        className={classes(
          'min-h-0 flex-1 outline-none',
          fills ? 'flex flex-col overflow-hidden' : 'overflow-auto',
        )}
      >
        {children}
      </main>
    </>
  );
}

/** The usual width and space of a screen that reads from top to bottom. */
export function Body({
  children,
  narrow = false,
}: {
  readonly children: ReactNode;
  readonly narrow?: boolean;
}) {
  return (
    <div className={classes('mx-auto w-full space-y-6 p-4 md:p-6', narrow ? 'max-w-3xl' : 'max-w-7xl')}>
      {children}
    </div>
  );
}
