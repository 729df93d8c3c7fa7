'use client';
import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useState } from 'react';
import { useMay } from '@/api/session';
import { IconButton } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Link } from '@/ui/link';
import { Mark } from '@/ui/mark';
import { isWithin, sections } from './sections';
import { PersonMenu } from './person-menu';

const KEY = 'aether-rail';

/** The places of the console: a rail at the left, a bar at the bottom of a phone. */
export function Rail() {
  const path = usePathname();
  const may = useMay();
  const [isWide, setWide] = useState(
    () => typeof window !== 'undefined' && localStorage.getItem(KEY) === 'wide',
  );
  const shown = sections.filter(({ needs }) => !needs || may(needs));
  const toggle = () => {
    localStorage.setItem(KEY, isWide ? 'narrow' : 'wide');
    setWide(!isWide);
  };
  return (
    <nav
      aria-label="Main"
      className={classes(
        'fixed inset-x-0 bottom-0 z-20 flex h-14 items-center border-t border-line bg-surface md:static md:h-auto md:shrink-0 md:flex-col md:items-stretch md:border-t-0 md:border-r md:p-2',
        isWide ? 'md:w-52' : 'md:w-14',
      )}
    >
      <Link
        href="/"
        className="mb-3 hidden h-10 items-center gap-3 rounded-control px-1.5 md:flex"
        aria-label="Aether, home"
      >
        <Mark />
        {isWide && <span className="text-16 font-semibold tracking-tight">Aether</span>}
      </Link>
      <ul className="flex flex-1 justify-around md:flex-col md:justify-start md:gap-1">
        {shown.map((section) => {
          const { href, label, Icon } = section;
          const isHere = isWithin(path, section);
          return (
            <li key={href}>
              <Link
                href={href}
                aria-current={isHere ? 'page' : undefined}
                title={isWide ? undefined : label}
                className={classes(
                  'flex flex-col items-center gap-0.5 rounded-control px-2.5 py-1.5 text-11 transition-colors duration-150 md:h-9 md:flex-row md:gap-3 md:py-0 md:text-13',
                  isHere ? 'bg-accent-quiet text-accent' : 'text-dim hover:bg-raised hover:text-ink',
                )}
              >
                <Icon aria-hidden className="size-5 shrink-0" strokeWidth={1.75} />
                <span className={isWide ? '' : 'md:sr-only'}>{label}</span>
              </Link>
            </li>
          );
        })}
      </ul>
      <div
        className={classes(
          'hidden gap-1 md:flex',
          isWide ? 'items-center justify-between' : 'flex-col items-center',
        )}
      >
        <IconButton label={isWide ? 'Narrow navigation' : 'Widen navigation'} onClick={toggle}>
          {isWide ? <PanelLeftClose aria-hidden /> : <PanelLeftOpen aria-hidden />}
        </IconButton>
        <PersonMenu />
      </div>
    </nav>
  );
}
