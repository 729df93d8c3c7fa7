'use client';
import { Search, Sparkles } from 'lucide-react';
import { useMay } from '@/api/session';
import { Bell } from '@/notifications/bell';
import { IconButton } from '@/ui/button';
import { PersonMenu } from './person-menu';
import { useSide } from './side';

/** At the end of every page's head: the palette, Jason, what happened, and on a phone the account. */
export function HeadTools() {
  const { isJasonOpen, setJason, setPalette } = useSide();
  const may = useMay();
  return (
    <div className="flex items-center">
      <IconButton label="Commands (Ctrl K)" onClick={() => setPalette(true)}>
        <Search aria-hidden />
      </IconButton>
      {may('missions:read') && (
        <IconButton label="Jason (J)" aria-pressed={isJasonOpen} onClick={() => setJason(!isJasonOpen)}>
          <Sparkles aria-hidden />
        </IconButton>
      )}
      <Bell />
      <div className="ml-1 md:hidden">
        <PersonMenu />
      </div>
    </div>
  );
}
