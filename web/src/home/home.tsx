'use client';
import { Body, Page } from '@/frame/page';
import { Empty } from '@/ui/feedback';

export function Home() {
  return (
    <Page title="Home">
      <Body>
        <Empty title="Nothing yet" />
      </Body>
    </Page>
  );
}
