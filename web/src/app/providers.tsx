'use client';
import { QueryClientProvider } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { createQueryClient } from '@/api/queries';
import { keepFiles } from './config';

export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(createQueryClient);
  useEffect(keepFiles, []);
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
