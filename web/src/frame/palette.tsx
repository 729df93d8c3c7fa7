'use client';
import { Command, defaultFilter } from 'cmdk';
import { Bot, Footprints, LogOut, MessageSquare, Plus, Rocket, Sparkles, Workflow } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useDeferredValue, useState } from 'react';
import { useRead, useReadPages } from '@/api/queries';
import { useMay, useSignOut } from '@/api/session';
import { StateIcon } from '@/ui/state';
import { sections } from './sections';
import { useSide, type Draft } from './side';

const item =
  'flex h-9 cursor-default items-center gap-3 rounded-control px-2.5 text-13 aria-selected:bg-raised [&_svg]:size-4 [&_svg]:shrink-0 [&>svg:first-child]:text-dim';
const group =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-12 [&_[cmdk-group-heading]]:text-dim';

const ASK = 'ask-jason';

/** What was typed may always be asked: behind everything that has its letters, and alone where nothing has. */
const rank: typeof defaultFilter = (value, ...rest) =>
  value === ASK ? Number.MIN_VALUE : defaultFilter(value, ...rest);

/** Go anywhere, begin anything, by a few letters; what is no place and no beginning is a question to Jason. */
export function Palette() {
  const { setPalette, setJason, setDraft } = useSide();
  const may = useMay();
  const router = useRouter();
  const signOut = useSignOut();
  const pool = useRead('GET /api/v1/pool', {}, { enabled: may('agents:read') });
  const [words, setWords] = useState('');
  const search = useDeferredValue(words.trim());
  const missions = useReadPages(
    'GET /api/v1/missions',
    { limit: 20, ...(search && { search }) },
    { enabled: may('missions:read') },
  );
  const deployments = useReadPages(
    'GET /api/v1/deployments',
    { limit: 100 },
    { enabled: may('deployments:read') },
  );
  const chats = useReadPages('GET /api/v1/chats', { limit: 20 }, { enabled: may('chats:read') });
  const go = (href: string) => () => {
    setPalette(false);
    router.push(href);
  };
  const openJason = (draft: Draft | null) => {
    setPalette(false);
    setDraft(draft);
    setJason(true);
  };
  return (
    <Command.Dialog
      open
      onOpenChange={setPalette}
      label="Commands"
      filter={rank}
      overlayClassName="fixed inset-0 z-40 bg-canvas/60"
      contentClassName="fixed top-[12dvh] left-1/2 z-50 w-[min(92vw,560px)] -translate-x-1/2 animate-appear overflow-hidden rounded-dialog border border-line bg-overlay shadow-float"
    >
      <Command.Input
        autoFocus
        value={words}
        onValueChange={setWords}
        placeholder="Go to, begin, or ask Jason…"
        className="h-12 w-full border-b border-line bg-transparent px-4 text-14 outline-none placeholder:text-faint"
      />
      <Command.List className="max-h-[60dvh] overflow-y-auto p-1.5">
        <Command.Empty className="px-3 py-6 text-center text-dim">Nothing has these letters.</Command.Empty>
        <Command.Group heading="Begin" className={group}>
          {may('missions:write') && (
            <Command.Item className={item} onSelect={go('/missions/new/')}>
              <Plus aria-hidden /> New mission
            </Command.Item>
          )}
          {may('deployments:write') && (
            <Command.Item className={item} onSelect={go('/deployments/new/')}>
              <Rocket aria-hidden /> Deploy an agent
            </Command.Item>
          )}
          {may('deployments:write') && pool.data?.items.length === 0 && (
            <Command.Item className={item} onSelect={go('/welcome/')}>
              <Footprints aria-hidden /> Go on with the first steps
            </Command.Item>
          )}
          {may('missions:read') && (
            <Command.Item className={item} onSelect={() => openJason(null)}>
              <Sparkles aria-hidden /> Ask Jason
            </Command.Item>
          )}
          <Command.Item className={item} onSelect={() => void signOut()}>
            <LogOut aria-hidden /> Sign out
          </Command.Item>
        </Command.Group>
        <Command.Group heading="Go to" className={group}>
          {sections
            .filter(({ needs }) => !needs || may(needs))
            .map(({ href, label, Icon, letter }) => (
              <Command.Item key={href} className={item} onSelect={go(href)}>
                <Icon aria-hidden /> <span className="flex-1">{label}</span>
                <kbd className="font-mono text-11 text-faint">G {letter.toUpperCase()}</kbd>
              </Command.Item>
            ))}
        </Command.Group>
        <Command.Group heading="Missions" className={group}>
          {missions.items.map(({ id, title, state }) => (
            <Command.Item
              key={id}
              value={`${title} ${id}`}
              className={item}
              onSelect={go(`/missions/${id}/`)}
            >
              <Workflow aria-hidden /> <span className="min-w-0 flex-1 truncate">{title}</span>
              <StateIcon state={state} />
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Agents" className={group}>
          {pool.data?.items.map(({ id, name, online }) => (
            <Command.Item
              key={id}
              value={`agent ${name} ${id}`}
              className={item}
              onSelect={go(`/agents/${id}/`)}
            >
              <Bot aria-hidden /> <span className="min-w-0 flex-1 truncate">{name}</span>
              <StateIcon state={online ? 'connected' : 'disconnected'} />
            </Command.Item>
          ))}
        </Command.Group>
        <Command.Group heading="Deployments" className={group}>
          {deployments.items
            .filter(({ state }) => state !== 'deleted')
            .map(({ id, name, state }) => (
              <Command.Item
                key={id}
                value={`${name} ${id}`}
                className={item}
                onSelect={go(`/deployments/${id}/`)}
              >
                <Rocket aria-hidden /> <span className="min-w-0 flex-1 truncate">{name}</span>
                <StateIcon state={state} />
              </Command.Item>
            ))}
        </Command.Group>
        <Command.Group heading="Chats" className={group}>
          {chats.items.map(({ id, title }) => (
            <Command.Item key={id} value={`${title} ${id}`} className={item} onSelect={go(`/chats/${id}/`)}>
              <MessageSquare aria-hidden /> <span className="min-w-0 flex-1 truncate">{title}</span>
            </Command.Item>
          ))}
        </Command.Group>
        {words.trim() && may('missions:read') && (
          <Command.Group heading="Jason" className={group}>
            <Command.Item value={ASK} className={item} onSelect={() => openJason({ text: words.trim() })}>
              <Sparkles aria-hidden />
              <span className="min-w-0 flex-1 truncate">Ask Jason “{words.trim()}”</span>
            </Command.Item>
          </Command.Group>
        )}
      </Command.List>
    </Command.Dialog>
  );
}
