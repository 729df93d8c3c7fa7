'use client';
import type { FoundMessage } from '@aether/contracts/chat-search';
import { Columns2, Plus, Search, Settings2, Trash2 } from 'lucide-react';
import { useRouter, useSearchParams } from 'next/navigation';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Page } from '@/frame/page';
import { usePathId } from '@/frame/path-id';
import { Button, IconButton } from '@/ui/button';
import { Confirm, Dialog } from '@/ui/dialog';
import { Fault, Skeleton } from '@/ui/feedback';
import { StateBadge, Tag } from '@/ui/state';
import { ChatColumns } from './chat-columns';
import { ChatList } from './chat-list';
import { ChatSettings } from './chat-settings';
import { addressOf, columnsOf, COLUMNS_MAX } from './columns';
import { SearchDialog } from './search-dialog';
import { useAgents } from './use-agents';
import { useTalk } from './use-talk';

type Asked = 'delete' | 'search' | 'settings' | 'beside';

const crumbs = [
  { label: 'Agents', href: '/agents/' },
  { label: 'Chats', href: '/chats/' },
];

/** Another address of the same screen, which Next takes over without loading anything. */
const stay = (address: string) => window.history.replaceState(null, '', address);

export function ChatScreen() {
  const id = usePathId();
  // Without a key: what is written in one of several chats stays while another of them is in front.
  return id ? (
    <ChatOf id={id} />
  ) : (
    <Page title="Chat" crumbs={crumbs}>
      <Skeleton />
    </Page>
  );
}

function ChatOf({ id }: { readonly id: string }) {
  const may = useMay();
  const router = useRouter();
  const chat = useRead('GET /api/v1/chats/{id}', { id });
  const agentOf = useAgents();
  const talk = useTalk();
  const asOpened = useSearchParams();
  const columns = columnsOf(asOpened.get('beside') ?? '', id);
  const at = Number(asOpened.get('at')) || null;
  const [question, setQuestion] = useState<{ readonly of: string; readonly about: Asked } | null>(null);
  const asked = question?.of === id ? question.about : null;
  const setAsked = (about: Asked | null) => setQuestion(about && { of: id, about });
  const openBeside = (other: string) => {
    setAsked(null);
    stay(addressOf(other, { columns: [...columns, other] }));
  };
  const close = (closed: string) => {
    const rest = columns.filter((each) => each !== closed);
    const next = closed === id ? rest[Math.max(0, columns.indexOf(closed) - 1)] : id;
    if (next) stay(addressOf(next, { columns: rest, ...(next === id && { at }) }));
  };
  const remove = useChange('DELETE /api/v1/chats/{id}', {
    refresh: ['GET /api/v1/chats'],
    onDone: () => (columns.length > 1 ? close(id) : router.push('/chats/')),
  });
  const goTo = ({ chatId, seq }: FoundMessage) => {
    setAsked(null);
    router.push(addressOf(chatId, { at: seq, ...(columns.includes(chatId) && { columns }) }));
  };
  const { data } = chat;
  const agent = data && agentOf(data);
  const name = agent?.deploymentName ?? 'the agent';
  const hasRoom = columns.length < COLUMNS_MAX;
  const list = <ChatList shown={columns} onPick={goTo} {...(hasRoom && { onBeside: openBeside })} />;
  return (
    <Page
      title={data?.title ?? 'Chat'}
      crumbs={crumbs}
      fills
      state={
        <>
          {agent && (
            <StateBadge
              state={agent.online ? 'connected' : 'disconnected'}
              word={agent.online ? 'Online' : 'Offline'}
            />
          )}
          {data?.visibility === 'open' && <Tag>open to all</Tag>}
        </>
      }
      actions={
        data && (
          <>
            <IconButton label="Search messages" onClick={() => setAsked('search')}>
              <Search aria-hidden />
            </IconButton>
            {hasRoom && (
              <IconButton label="Open a chat beside" onClick={() => setAsked('beside')} className="lg:hidden">
                <Columns2 aria-hidden />
              </IconButton>
            )}
            {may('chats:write') && (
              <>
                <Fault error={talk.error} className="max-w-60" />
                <Button
                  busy={talk.isPending}
                  disabled={!agent?.online}
                  title={`Another chat with ${name}`}
                  onClick={() => talk.mutate({ deploymentId: data.deploymentId, agentId: data.agentId })}
                >
                  <Plus aria-hidden /> New chat
                </Button>
                <IconButton label="Chat settings" onClick={() => setAsked('settings')}>
                  <Settings2 aria-hidden />
                </IconButton>
                <IconButton label="Delete this chat" onClick={() => setAsked('delete')}>
                  <Trash2 aria-hidden />
                </IconButton>
              </>
            )}
          </>
        )
      }
    >
      <div className="flex min-h-0 flex-1">
        <nav aria-label="Chats" className="hidden w-64 shrink-0 border-r border-line lg:block">
          {list}
        </nav>
        <ChatColumns
          ids={columns}
          front={id}
          onFront={(next) => stay(addressOf(next, { columns }))}
          onClose={close}
          at={at}
          onLeavePast={() => stay(addressOf(id, { columns }))}
        />
      </div>
      {asked === 'search' && <SearchDialog chatId={id} onPick={goTo} onClose={() => setAsked(null)} />}
      <Dialog open={asked === 'beside'} onClose={() => setAsked(null)} title="Open a chat beside">
        <div className="h-[60dvh]">{list}</div>
      </Dialog>
      {asked === 'settings' && data && <ChatSettings chat={data} onClose={() => setAsked(null)} />}
      <Confirm
        open={asked === 'delete'}
        onClose={() => setAsked(null)}
        title="Delete this chat?"
        verb="Delete it"
        onConfirm={() => remove.mutate({ id })}
        busy={remove.isPending}
        error={remove.error}
      >
        It goes here and in the agent's gateway, for good.
      </Confirm>
    </Page>
  );
}
