import type { Metadata } from 'next';
import { ProviderAnswer } from '@/door/provider-answer';

export const metadata: Metadata = { title: 'Signing in' };

export default function Page() {
  return <ProviderAnswer />;
}
