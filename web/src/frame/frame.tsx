'use client';
import dynamic from 'next/dynamic';
import { usePathname, useRouter } from 'next/navigation';
import { useEffect, type ReactNode } from 'react';
import { useMe } from '@/api/session';
import { offerNavigation, skipsAuth } from '@/app/config';
import { LiveProvider } from '@/live/live';
import { NoticeCollector } from '@/notifications/collector';
import { Problem, Skeleton } from '@/ui/feedback';
import { ReadOnly } from '@/ui/read-only';
import { ConnectionBanner, ConnectionGuard } from './connection-light';
import { Rail } from './rail';
import { Shortcuts } from './shortcuts';
import { SideProvider, useSide } from './side';

const Jason = dynamic(() => import('@/jason/jason').then((module) => module.Jason));
const Palette = dynamic(() => import('./palette').then((module) => module.Palette));

/** How often a page that was opened without Aether looks whether it is there. */
const LOOK_EVERY_MS = 3_000;

/** Loaded when they are opened for the first time. */
function Sides() {
  const { isPaletteOpen } = useSide();
  return (
    <>
      <Shortcuts />
      {isPaletteOpen && <Palette />}
    </>
  );
}

function JasonSide() {
  const { isJasonOpen, setJason } = useSide();
  return isJasonOpen ? <Jason onClose={() => setJason(false)} /> : null;
}

/** What surrounds every screen of somebody who is signed in; everybody else is led to the door. */
export function Frame({ children }: { children: ReactNode }) {
  const me = useMe();
  const router = useRouter();
  const path = usePathname();
  const isStranger = me.error?.problem.status === 401;
  const isAway = !me.data && me.error?.code === 'offline';
  const mustAddFactor = me.data?.secondFactorMissing === true && !path.startsWith('/settings');

  useEffect(() => {
    if (isStranger && !skipsAuth())
      router.replace(
        `/sign-in/?next=${encodeURIComponent(window.location.pathname + window.location.search)}`,
      );
    else if (mustAddFactor) router.replace('/settings/?section=security');
  }, [isStranger, mustAddFactor, router]);

  const { refetch } = me;
  useEffect(() => {
    if (!isAway) return;
    const timer = setInterval(() => void refetch(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [isAway, refetch]);

  useEffect(() => offerNavigation((to) => router.push(to)), [router]);

  if (me.data || (isStranger && skipsAuth()))
    return (
      <LiveProvider>
        <ConnectionGuard>
          <NoticeCollector />
          <SideProvider>
            <a
              href="#content"
              className="sr-only z-50 rounded-control bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
            >
              Skip to content
            </a>
            <div className="flex h-dvh overflow-hidden">
              <Rail />
              <div className="flex min-w-0 flex-1 flex-col pb-14 md:pb-0">
                <ConnectionBanner>
                  You read what was there before; this page catches up by itself.
                </ConnectionBanner>
                {children}
              </div>
              <JasonSide />
            </div>
            <Sides />
          </SideProvider>
        </ConnectionGuard>
      </LiveProvider>
    );
  if (me.error && !isStranger)
    return (
      <ReadOnly value={isAway}>
        <ConnectionBanner>This page goes on by itself once Aether can be reached.</ConnectionBanner>
        <main className="mx-auto max-w-2xl pt-24">
          <Problem error={me.error} onRetry={() => void me.refetch()} />
        </main>
      </ReadOnly>
    );
  return (
    <div className="mx-auto max-w-3xl pt-24">
      <Skeleton rows={4} />
    </div>
  );
}
