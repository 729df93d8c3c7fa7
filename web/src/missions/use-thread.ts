'use client';
import type { ThreadEntry } from '@aether/contracts/mission-schemas';
import { useState } from 'react';
import { useReadPages } from '@/api/queries';
import { useTopic } from '@/live/live';

/** What is said and done in a mission, oldest first: the last pages, and what comes. */
export function useThread(missionId: string, taskId?: string) {
  const history = useReadPages('GET /api/v1/missions/{id}/thread', {
    id: missionId,
    limit: 50,
    ...(taskId && { taskId }),
  });
  const [arrived, setArrived] = useState<ReadonlyMap<number, ThreadEntry>>(new Map());
  const newest = history.items[0]?.seq;
  useTopic(history.isSuccess ? `mission/${missionId}` : null, {
    after: newest === undefined ? undefined : String(newest),
    frame: (data) => {
      const entry = data as ThreadEntry;
      if (!taskId || entry.taskId === taskId) setArrived((old) => new Map(old).set(entry.seq, entry));
    },
    lost: () => void history.refetch(),
  });
  const bySeq = new Map([...history.items.map((entry) => [entry.seq, entry] as const), ...arrived]);
  const entries = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  return { ...history, entries };
}
