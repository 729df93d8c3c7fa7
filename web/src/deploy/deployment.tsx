'use client';
import { Page } from '@/frame/page';
import { Skeleton } from '@/ui/feedback';

export function DeploymentScreen() {
  return (
    <Page title="Deployment">
      <Skeleton />
    </Page>
  );
}
