import type { Metadata } from 'next';
import { NewDeployment } from '@/deploy/new-deployment';

export const metadata: Metadata = { title: 'Deploy an agent' };

export default function Page() {
  return <NewDeployment />;
}
