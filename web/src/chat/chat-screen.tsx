'use client';
import { Plus, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useChange, useRead, useReadPages } from '@/api/queries';
import { useMay } from '@/api/session';
import { Page } from '@/frame/page';
import { usePathId } from '@/frame/path-id';
import { Button, IconButton } from '@/ui/button';
import { classes } from '@/ui/classes';
import { Confirm } from '@/ui/dialog';
import { Loaded, Skeleton } from '@/ui/feedback';
import { Link } from '@/ui/link';
import { StateBadge } from '@/ui/state';
import { Ago } from '@/ui/time';
import { Conversation } from './conversation';
import { useTalk } from './use-talk';

export function ChatScreen() {
  const id = usePathId();
  return id ? (
    <ChatOf key={id} id={id} />
  ) : (
    <Page title="Chat">
      <Skeleton />
    </Page>
  );
}

function ChatOf({ id }: { readonly id: string }) {
  const may = useMay();
  const router = useRouter();
  const chat = useRead('GET /api/v1/chats/{id}', { id });
  const deploymentId = chat.data?.deploymentId;
  const agents = useRead('GET /api/v1/agents', {});
  const chats = useReadPages(
    'GET /api/v1/chats',
    { limit: 50, ...(deploymentId && { deploymentId }) },
    { enabled: deploymentId !== undefined },
  );
  const talk = useTalk();
  const [asked, setAsked] = useState(false);
  const remove = useChange('DELETE /api/v1/chats/{id}', { onDone: () => router.push('/agents/') });
  const agent = agents.data?.items.find(
    (each) => each.deploymentId === deploymentId && each.id === chat.data?.agentId,
  );
  const name = agent?.deploymentName ?? 'the agent';
  return (
    <Page
      title={chat.data?.title ?? 'Chat'}
      crumbs={[{ label: 'Agents', href: '/agents/' }]}
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
        deploymentId && (
          <>
            <Button busy={talk.isPending} onClick={() => talk.mutate({ deploymentId })}>
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
            <nav
              aria-label="Chats with this agent"
              className="hidden w-60 shrink-0 overflow-y-auto border-r border-line p-2 lg:block"
            >
              {chats.items.map((each) => (
                <Link
                  key={each.id}
                  href={`/chats/${each.id}/`}
                  aria-current={each.id === id ? 'page' : undefined}
                  className={classes(
                    'block rounded-control px-2.5 py-1.5',
                    each.id === id ? 'bg-accent-quiet' : 'hover:bg-raised',
                  )}
                >
                  <span className="block truncate" title={each.title}>
                    {each.title}
                  </span>
                  <Ago at={each.updatedAt} className="text-12 text-dim" />
                </Link>
              ))}
            </nav>
            <div className="min-w-0 flex-1">
              <Conversation chatId={id} agentName={name} />
            </div>
          </div>
        )}
      </Loaded>
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        title="Delete this chat?"
        verb="Delete"
        onConfirm={() => remove.mutate({ id })}
        busy={remove.isPending}
        error={remove.error}
      >
        It goes here and in the agent's gateway, for good.
      </Confirm>
    </Page>
  );
}
