'use client';
import type { LogLine } from '@aether/contracts/deployer';
import type { RouteOutput } from '@aether/contracts/routes';
import { useInfiniteQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { call, type CallError } from '@/api/call';
import { useRead } from '@/api/queries';
import { useTopic } from '@/live/live';
import type { Lines } from './log-lines';

const ROUTE = 'GET /api/v1/deployments/{id}/logs';
const PAGE = 2_000;
/** Lines that may come while the page is open; beyond, what was read earlier leaves it and can be read again. */
const KEPT = 100_000;
const DRAW_EVERY_MS = 120;
const RAW_EVERY_MS = 3_000;

type Page = RouteOutput<typeof ROUTE>;
type Earlier = InfiniteData<Page, number | undefined>;

/**
 * A deployment's log in pieces, oldest first: the newest lines, those before them as far as they were read, and
 * what comes. A piece never changes, but for the last one. `raw` has the lines that the noise filter hides.
 */
export function useLogs(id: string, raw: boolean) {
  const client = useQueryClient();
  const key = useMemo(() => [ROUTE, { id, raw }, 'pages'] as const, [id, raw]);
  const earlier = useInfiniteQuery<Page, CallError, Earlier, typeof key, number | undefined>({
    queryKey: key,
    queryFn: ({ signal, pageParam: before }) =>
      call(ROUTE, { id, limit: PAGE, ...(raw && { raw }), ...(before && { before }) }, { signal }),
    initialPageParam: undefined,
    getNextPageParam: ({ lines, more }) => (more ? lines[0]?.seq : undefined),
    // Lines do not change; what comes is told. A log that is looked at again is read from its end.
    staleTime: Infinity,
    gcTime: 0,
  });
  const { arrived, take, forget } = useArrived();
  const { data } = earlier;
  const read = useMemo(() => data?.pages.map(({ lines }) => lines).toReversed() ?? [], [data]);
  const newest = data?.pages[0];
  const pieces = useMemo(() => joined(read, arrived), [read, arrived]);
  const lastSeq = pieces.at(-1)?.at(-1)?.seq ?? newest?.lastSeq ?? 0;

  useTopic(!raw && newest ? `logs/${id}` : null, {
    after: String(newest?.lastSeq ?? 0),
    frame: (line) => take([line as LogLine]),
    lost: () => {
      forget();
      void client.resetQueries({ queryKey: key });
    },
  });
  // The live topic has no noise, so that raw lines are asked for.
  const isAsked = raw && newest !== undefined;
  const later = useRead(
    ROUTE,
    { id, raw, after: lastSeq, limit: PAGE },
    { enabled: isAsked, everyMs: RAW_EVERY_MS },
  );
  const came = later.data?.lines;
  useEffect(() => {
    if (isAsked && came && came.length > 0) take(came);
  }, [isAsked, came, take]);
  useEffect(() => forget, [key, forget]);

  const isFull = arrived.length * PAGE > KEPT && !earlier.isFetching;
  useEffect(() => {
    const kept = arrived.slice(-2).flat();
    if (!isFull || !newest) return;
    client.setQueryData<Earlier>(key, {
      pages: [{ ...newest, lines: kept, more: true }],
      pageParams: [undefined],
    });
    forget();
  }, [isFull, arrived, newest, client, key, forget]);

  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = earlier;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  return { ...earlier, pieces, lastSeq, more };
}

/** What was read, and what came after it: nothing twice. */
function joined(read: readonly Lines[], arrived: readonly Lines[]): readonly Lines[] {
  const last = read.at(-1)?.at(-1)?.seq ?? 0;
  const fresh = arrived.flatMap((lines) => {
    if ((lines[0]?.seq ?? 0) > last) return [lines];
    const later = lines.filter(({ seq }) => seq > last);
    return later.length > 0 ? [later] : [];
  });
  return [...read, ...fresh];
}

/** Lines as they come, in pieces of a page, drawn a few times a second however fast they come. */
function useArrived() {
  const [arrived, setArrived] = useState<readonly Lines[]>([]);
  const waiting = useRef<LogLine[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const forget = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = undefined;
    waiting.current = [];
    setArrived([]);
  }, []);
  const take = useCallback((lines: readonly LogLine[]) => {
    waiting.current.push(...lines);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const fresh = waiting.current.splice(0);
      setArrived((old) => withFresh(old, fresh));
    }, DRAW_EVERY_MS);
  }, []);
  return { arrived, take, forget };
}

function withFresh(pieces: readonly Lines[], fresh: readonly LogLine[]): readonly Lines[] {
  const known = pieces.at(-1)?.at(-1)?.seq ?? 0;
  const later = fresh.filter(({ seq }) => seq > known);
  if (later.length === 0) return pieces;
  const last = pieces.at(-1);
  return last && last.length < PAGE ? [...pieces.slice(0, -1), [...last, ...later]] : [...pieces, later];
}
