import type { Metadata } from 'next';
import { Deployments } from '@/deploy/deployments';

export const metadata: Metadata = { title: 'Deployments' };

export default function Page() {
  return <Deployments />;
}
