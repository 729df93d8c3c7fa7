'use client';
import type { Chat } from '@aether/contracts/openclaw';
import { X } from 'lucide-react';
import { useRead } from '@/api/queries';
import { IconButton } from '@/ui/button';
import { Loaded } from '@/ui/feedback';
import { Conversation } from './conversation';
import { useAgents } from './use-agents';

/** One of two chats that stand side by side, with a line that says which. */
export function ChatColumn({ id, onClose }: { readonly id: string; readonly onClose: () => void }) {
  const chat = useRead('GET /api/v1/chats/{id}', { id });
  return (
    <section aria-label={chat.data?.title ?? 'Chat'} className="flex min-w-0 flex-1 flex-col">
      <Loaded query={chat}>{(data) => <Titled chat={data} onClose={onClose} />}</Loaded>
    </section>
  );
}

function Titled({ chat, onClose }: { readonly chat: Chat; readonly onClose: () => void }) {
  const name = useAgents()(chat)?.deploymentName ?? 'the agent';
  return (
    <>
      <header className="flex h-10 shrink-0 items-center gap-2 border-b border-line pr-1 pl-4">
        <h2 className="min-w-0 flex-1 truncate font-medium" title={chat.title}>
          {chat.title}
        </h2>
        <span className="text-12 text-dim">{name}</span>
        <IconButton label={`Close ${chat.title}`} onClick={onClose}>
          <X aria-hidden />
        </IconButton>
      </header>
      <div className="min-h-0 flex-1">
        <Conversation key={chat.id} chatId={chat.id} agentName={name} />
      </div>
    </>
  );
}
