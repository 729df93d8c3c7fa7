'use client';
import { Menu } from '@base-ui/react/menu';
import { LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react';
import { useMe, useSignOut } from '@/api/session';
import { classes } from '@/ui/classes';
import { Link } from '@/ui/link';
import { chooseTheme, useThemeChoice, type ThemeChoice } from './theme';

const themes = [
  { id: 'system', label: 'As the system', Icon: Monitor },
  { id: 'light', label: 'Light', Icon: Sun },
  { id: 'dark', label: 'Dark', Icon: Moon },
] as const;

const item =
  'flex h-8 cursor-default items-center gap-2.5 rounded-control px-2 text-13 outline-none data-highlighted:bg-raised [&_svg]:size-4 [&_svg]:text-dim';

/** Who is signed in, the theme, and the way out. */
export function PersonMenu() {
  const me = useMe().data;
  const theme = useThemeChoice();
  const signOut = useSignOut();
  if (!me) return null;
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={`Account of ${me.name}`}
        className="flex size-8 items-center justify-center rounded-full bg-accent-quiet text-12 font-semibold text-accent"
      >
        {me.name.charAt(0).toUpperCase()}
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="right" align="end" sideOffset={8} className="z-50">
          <Menu.Popup className="w-56 animate-appear rounded-card border border-line bg-overlay p-1.5 shadow-float outline-none">
            <div className="px-2 pt-1 pb-2">
              <p className="truncate font-medium">{me.name}</p>
              <p className="truncate text-12 text-dim">
                {me.email ?? 'API key'} · {me.role}
              </p>
            </div>
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.Item className={item} render={<Link href="/settings/" />}>
              <UserRound aria-hidden /> Account and settings
            </Menu.Item>
            <Menu.RadioGroup value={theme} onValueChange={(value: ThemeChoice) => chooseTheme(value)}>
              {themes.map(({ id, label, Icon }) => (
                <Menu.RadioItem
                  key={id}
                  value={id}
                  className={classes(item, theme === id && 'font-medium text-accent')}
                >
                  <Icon aria-hidden /> {label}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            <Menu.Separator className="my-1 h-px bg-line" />
            <Menu.Item className={item} onClick={() => void signOut()}>
              <LogOut aria-hidden /> Sign out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
