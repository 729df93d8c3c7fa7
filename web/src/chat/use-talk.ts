'use client';
import { useRouter } from 'next/navigation';
import { useChange } from '@/api/queries';

/** Opens a new chat with an agent, and goes there. */
export function useTalk() {
  const router = useRouter();
  return useChange('POST /api/v1/chats', {
    refresh: ['GET /api/v1/chats'],
    onDone: ({ id }) => router.push(`/chats/${id}/`),
  });
}
