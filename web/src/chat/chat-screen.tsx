'use client';
import { Page } from '@/frame/page';
import { Skeleton } from '@/ui/feedback';

export function ChatScreen() {
  return (
    <Page title="Chat">
      <Skeleton />
    </Page>
  );
}
