'use client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { CallError, call } from '@/api/call';
import { parseExposition, type Sample } from './exposition';

export const SAMPLE_EVERY_MS = 3_000;
const KEPT = 100;
const METRICS = '/api/v1/metrics';

export interface Moment {
  readonly atMs: number;
  readonly samples: readonly Sample[];
}

export async function readSamples(signal: AbortSignal): Promise<Moment> {
  let response = await fetch(METRICS, { signal });
  // The session is renewed by any call of the API; this one is not in its table.
  if (response.status === 401) {
    await call('GET /api/v1/me', {}, { signal });
    response = await fetch(METRICS, { signal });
  }
  if (!response.ok)
    throw new CallError({
      type: 'about:blank',
      status: response.status,
      instance: METRICS,
      code: response.status === 403 ? 'forbidden' : 'figures_unreadable',
      title: 'The figures cannot be read.',
      detail: `The edge answered ${response.status}.`,
      hint: 'They are read again by themselves.',
      correlationId: '',
    });
  return { atMs: Date.now(), samples: parseExposition(await response.text()) };
}

/** Figures of the edge and of every part since this page is open, the latest last. */
export function useSamples() {
  const query = useQuery({
    queryKey: ['metrics'],
    queryFn: ({ signal }) => readSamples(signal),
    refetchInterval: SAMPLE_EVERY_MS,
    staleTime: 0,
  });
  const [moments, setMoments] = useState<readonly Moment[]>([]);
  const latest = query.data;
  useEffect(() => {
    if (latest)
      setMoments((kept) => (kept.at(-1)?.atMs === latest.atMs ? kept : [...kept.slice(1 - KEPT), latest]));
  }, [latest]);
  return { query, moments };
}
