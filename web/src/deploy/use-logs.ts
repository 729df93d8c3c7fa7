'use client';
import type { LogLine } from '@aether/contracts/deployer';
import { useEffect, useRef, useState } from 'react';
import { useRead } from '@/api/queries';
import { useTopic } from '@/live/live';

const BACK = 2_000;
/** Of the lines that a page keeps: what is older leaves it, and is in the download of the terminal. */
const KEPT = 20_000;
const RAW_EVERY_MS = 3_000;

/** The newest lines of a deployment's log and what comes; `raw` has the lines that the noise filter hides. */
export function useLogs(id: string, raw: boolean) {
  const newest = useRead(
    'GET /api/v1/deployments/{id}/logs',
    { id, limit: BACK, ...(raw && { raw }) },
    // The live topic has no noise, so that raw lines are asked for.
    raw ? { everyMs: RAW_EVERY_MS } : {},
  );
  const [arrived, setArrived] = useState<readonly LogLine[]>([]);
  const waiting = useRef<LogLine[]>([]);
  const frame = useRef<number>(undefined);
  useEffect(() => () => cancelAnimationFrame(frame.current ?? 0), []);
  useTopic(!raw && newest.data ? `logs/${id}` : null, {
    after: String(newest.data?.lastSeq ?? 0),
    frame: (data) => {
      waiting.current.push(data as LogLine);
      // However many lines come, the page is drawn once per frame.
      frame.current ??= requestAnimationFrame(() => {
        frame.current = undefined;
        const lines = waiting.current.splice(0);
        setArrived((old) => [...old, ...lines].slice(-KEPT));
      });
    },
    lost: () => {
      setArrived([]);
      void newest.refetch();
    },
  });
  const read = newest.data?.lines ?? [];
  const last = read.at(-1)?.seq ?? 0;
  return { ...newest, lines: raw ? read : [...read, ...arrived.filter(({ seq }) => seq > last)] };
}
