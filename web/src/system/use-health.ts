'use client';
import type { Health } from '@aether/contracts/operations';
import { useQuery } from '@tanstack/react-query';

const EVERY_MS = 5_000;

/** Health of the edge and of every part, read every few seconds. It answers 503 with the same content. */
export const useHealth = () =>
  useQuery<Health>({
    queryKey: ['health'],
    queryFn: async ({ signal }) => {
      const response = await fetch('/health/ready', { signal });
      return (await response.json()) as Health;
    },
    refetchInterval: EVERY_MS,
    retry: false,
  });
