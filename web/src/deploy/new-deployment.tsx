'use client';
import { useMay } from '@/api/session';
import { Body, Page } from '@/frame/page';
import { Empty } from '@/ui/feedback';
import { DeployForm } from './deploy-form';

export function NewDeployment() {
  const may = useMay();
  return (
    <Page title="Deploy an agent" crumbs={[{ label: 'Deployments', href: '/deployments/' }]}>
      <Body narrow>
        {may('deployments:write') ? (
          <DeployForm />
        ) : (
          <Empty drawing="lock" title="This is not open to you">
            Deploying takes the permission deployments:write. Ask an administrator.
          </Empty>
        )}
      </Body>
    </Page>
  );
}
