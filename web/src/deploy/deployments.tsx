'use client';
import { Page } from '@/frame/page';
import { Skeleton } from '@/ui/feedback';

export function Deployments() {
  return (
    <Page title="Deployments">
      <Skeleton />
    </Page>
  );
}
