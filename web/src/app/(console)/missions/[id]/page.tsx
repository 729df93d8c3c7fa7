import type { Metadata } from 'next';
import { MissionScreen } from '@/missions/mission';

export const metadata: Metadata = { title: 'Mission' };
export const dynamicParams = false;
export const generateStaticParams = () => [{ id: '_' }];

export default function Page() {
  return <MissionScreen />;
}
