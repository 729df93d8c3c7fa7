import type { Metadata } from 'next';
import { AgentScreen } from '@/agents/agent';

export const metadata: Metadata = { title: 'Agent' };
export const dynamicParams = false;
export const generateStaticParams = () => [{ id: '_' }];

export default function Page() {
  return <AgentScreen />;
}
