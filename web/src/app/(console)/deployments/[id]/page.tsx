import type { Metadata } from 'next';
import { DeploymentScreen } from '@/deploy/deployment';

export const metadata: Metadata = { title: 'Deployment' };
export const dynamicParams = false;
export const generateStaticParams = () => [{ id: '_' }];

export default function Page() {
  return <DeploymentScreen />;
}
