import type { Metadata } from 'next';
import { Missions } from '@/missions/missions';

export const metadata: Metadata = { title: 'Missions' };

export default function Page() {
  return <Missions />;
}
