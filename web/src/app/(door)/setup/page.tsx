import type { Metadata } from 'next';
import { Setup } from '@/door/setup';

export const metadata: Metadata = { title: 'Set up' };

export default function Page() {
  return <Setup />;
}
