import type { Metadata } from 'next';
import { NewMission } from '@/missions/new-mission';

export const metadata: Metadata = { title: 'New mission' };

export default function Page() {
  return <NewMission />;
}
