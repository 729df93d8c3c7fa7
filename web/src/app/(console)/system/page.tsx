import type { Metadata } from 'next';
import { System } from '@/system/system';

export const metadata: Metadata = { title: 'System' };

export default function Page() {
  return <System />;
}
