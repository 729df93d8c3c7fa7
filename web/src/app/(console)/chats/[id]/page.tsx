import type { Metadata } from 'next';
import { ChatScreen } from '@/chat/chat-screen';

export const metadata: Metadata = { title: 'Chat' };
export const dynamicParams = false;
export const generateStaticParams = () => [{ id: '_' }];

export default function Page() {
  return <ChatScreen />;
}
