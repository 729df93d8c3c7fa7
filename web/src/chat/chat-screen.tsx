'use client';
import { Plus, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange, useRead } from '@/api/queries';
import { useMay } from '@/api/session';
import { Page } from '@/frame/page';
import { usePathId } from '@/frame/path-id';
import { useQueryState } from '@/frame/query-state';
import { Button, IconButton } from '@/ui/button';
import { Confirm } from '@/ui/dialog';
import { Fault, Loaded, Skeleton } from '@/ui/feedback';
import { StateBadge } from '@/ui/state';
import { ChatColumn } from './chat-column';
import { ChatList } from './chat-list';
import { Conversation } from './conversation';
import { useAgents } from './use-agents';
import { useTalk } from './use-talk';

const crumbs = [
  { label: 'Agents', href: '/agents/' },
  { label: 'Chats', href: '/chats/' },
];

export function ChatScreen() {
  const id = usePathId();
  return id ? (
    <ChatOf key={id} id={id} />
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
  const [beside, setBeside] = useQueryState<string>('beside', '');
  const [asked, setAsked] = useState(false);
  const remove = useChange('DELETE /api/v1/chats/{id}', {
    refresh: ['GET /api/v1/chats'],
    onDone: () => router.push('/chats/'),
  });
  const { data } = chat;
  const agent = data && agentOf(data);
  const name = agent?.deploymentName ?? 'the agent';
  const isDouble = beside !== '' && beside !== id;
  return (
    <Page
      title={data?.title ?? 'Chat'}
      crumbs={crumbs}
      fills
      state={
        agent && (
          <StateBadge
            state={agent.online ? 'connected' : 'disconnected'}
            word={agent.online ? 'Online' : 'Offline'}
          />
        )
      }
      actions={
        may('chats:write') &&
        data && (
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
            <IconButton label="Delete this chat" onClick={() => setAsked(true)}>
              <Trash2 aria-hidden />
            </IconButton>
          </>
        )
      }
    >
      <Loaded query={chat}>
        {() => (
          <div className="flex min-h-0 flex-1">
            <nav aria-label="Chats" className="hidden w-64 shrink-0 border-r border-line lg:block">
              <ChatList shown={isDouble ? [id, beside] : [id]} onBeside={setBeside} />
            </nav>
            <div className="min-w-0 flex-1">
              <Conversation chatId={id} agentName={name} />
            </div>
            {isDouble && (
              <div className="hidden min-w-0 flex-1 border-l border-line xl:flex">
                <ChatColumn key={beside} id={beside} onClose={() => setBeside('')} />
              </div>
            )}
          </div>
        )}
      </Loaded>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
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
