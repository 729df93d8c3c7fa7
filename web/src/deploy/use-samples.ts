'use client';
import type { DeploymentMetrics } from '@aether/contracts/deployer';
import { useState } from 'react';
import { useRead } from '@/api/queries';

const EVERY_MS = 3_000;
const KEPT = 200;

export interface Sample extends DeploymentMetrics {
  /** Bytes a second over the network since the sample before; null for the first. */
  readonly receiveRate: number | null;
  readonly sendRate: number | null;
}

/** What an agent uses, looked at every three seconds while this is shown. */
export function useSamples(id: string, enabled: boolean) {
  const query = useRead('GET /api/v1/deployments/{id}/metrics', { id }, { enabled, everyMs: EVERY_MS });
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const { data } = query;
  const before = samples.at(-1);
  if (data && data.at !== before?.at) setSamples([...samples, sampleOf(data, before)].slice(-KEPT));
  return { ...query, samples };
}

function sampleOf(now: DeploymentMetrics, before: Sample | undefined): Sample {
  const rate = (name: 'receivedBytes' | 'sentBytes') => {
    const [to, from] = [now[name], before?.[name] ?? null];
    if (to === null || from === null || !before) return null;
    return Math.max(0, (to - from) / ((Date.parse(now.at) - Date.parse(before.at)) / 1_000));
  };
  return { ...now, receiveRate: rate('receivedBytes'), sendRate: rate('sentBytes') };
}
