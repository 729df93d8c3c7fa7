'use client';
import { Page } from '@/frame/page';
import { Skeleton } from '@/ui/feedback';

export function NewDeployment() {
  return (
    <Page title="Deploy an agent">
      <Skeleton />
    </Page>
  );
}
