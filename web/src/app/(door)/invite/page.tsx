import type { Metadata } from 'next';
import { Invite } from '@/door/invite';

export const metadata: Metadata = { title: 'Invitation' };

export default function Page() {
  return <Invite />;
}
