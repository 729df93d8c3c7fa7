'use client';
import { Page } from '@/frame/page';
import { Skeleton } from '@/ui/feedback';

export function Chats() {
  return (
    <Page title="Chats">
      <Skeleton />
    </Page>
  );
}
