'use client';
import { Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useMay } from '@/api/session';
import { Page } from '@/frame/page';
import { Button } from '@/ui/button';
import { Empty } from '@/ui/feedback';
import { ChatList } from './chat-list';
import { NewChat } from './new-chat';

export function Chats() {
  const may = useMay();
  const router = useRouter();
  const [opening, setOpening] = useState(false);
  const create = may('chats:write') && (
    <Button look="primary" onClick={() => setOpening(true)}>
      <Plus aria-hidden /> New chat
    </Button>
  );
  return (
    <Page title="Chats" crumbs={[{ label: 'Agents', href: '/agents/' }]} fills actions={create}>
      <div className="flex min-h-0 flex-1">
        <nav aria-label="Chats" className="w-full border-line md:w-72 md:border-r">
          <ChatList onPick={({ chatId, seq }) => router.push(`/chats/${chatId}/?at=${seq}`)} />
        </nav>
        <div className="hidden flex-1 items-center justify-center md:flex">
          <Empty drawing="talk" title="Choose a chat">
            Answers go on while you are elsewhere; open the chat again to read them.
          </Empty>
        </div>
      </div>
      {opening && (
        <NewChat onClose={() => setOpening(false)} onOpened={(id) => router.push(`/chats/${id}/`)} />
      )}
    </Page>
  );
}
