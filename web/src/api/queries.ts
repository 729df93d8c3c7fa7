'use client';
import type { Route, RouteInput, RouteOutput } from '@aether/contracts/routes';
import {
  hashKey,
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type InfiniteData,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
import { useCallback, useEffect, useMemo } from 'react';
import { useReadOnly } from '@/ui/read-only';
import { call, CallError } from './call';

/** Routes that read. */
export type ReadRoute = Extract<Route, `GET ${string}`>;
/** Routes that change something. */
export type ChangeRoute = Exclude<Route, `GET ${string}`>;

/** Where the answer of a route is kept. */
const keyOf = <R extends ReadRoute>(route: R, input: RouteInput<R>) => [route, input] as const;

export interface ReadOptions {
  readonly enabled?: boolean;
  /** Milliseconds between two looks, for what no event tells of. */
  readonly everyMs?: number;
  /** Milliseconds for which an answer is good enough to be shown again without a look; 20 s where absent. */
  readonly freshMs?: number;
}

/** Reads a route, and keeps the answer; events of the live socket keep it fresh. */
export function useRead<R extends ReadRoute>(
  route: R,
  input: RouteInput<R>,
  { enabled = true, everyMs, freshMs }: ReadOptions = {},
): UseQueryResult<RouteOutput<R>, CallError> {
  return useQuery<RouteOutput<R>, CallError>({
    queryKey: keyOf(route, input),
    queryFn: ({ signal }) => call(route, input, { signal }),
    enabled,
    ...(everyMs && { refetchInterval: everyMs }),
    ...(freshMs !== undefined && { staleTime: freshMs }),
  });
}

interface PageLike {
  readonly items: readonly unknown[];
  readonly nextCursor: string | null;
}
type PagedRoute = { [R in ReadRoute]: RouteOutput<R> extends PageLike ? R : never }[ReadRoute];

/**
 * Reads a paged route page by page; `items` has all pages read so far. `more` reads the next page where there is
 * one, and does nothing once that has failed: trying again is up to the reader (`fetchNextPage`).
 */
export function useReadPages<R extends PagedRoute>(
  route: R,
  input: RouteInput<R>,
  { enabled = true }: ReadOptions = {},
) {
  type Page = RouteOutput<R> & PageLike;
  const queryKey = [route, input, 'pages'] as const;
  useFirstPageOnly(queryKey);
  const query = useInfiniteQuery<Page, CallError, { pages: Page[] }, readonly unknown[], string | undefined>({
    queryKey,
    queryFn: async ({ signal, pageParam }) =>
      await call(route, { ...input, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled,
  });
  const { data } = query;
  const items = useMemo(
    () => (data?.pages.flatMap((page) => page.items) ?? []) as Page['items'][number][],
    [data],
  );
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  return { ...query, items, more };
}

/** Nobody who comes back waits for a hundred pages: once a list is shown no more, its first page is kept. */
function useFirstPageOnly(queryKey: readonly [ReadRoute, object, string]): void {
  const client = useQueryClient();
  const hash = hashKey(queryKey);
  useEffect(
    () => () => {
      const query = client.getQueryCache().get<InfiniteData<unknown>>(hash);
      if (!query?.state.data || query.isActive()) return;
      const { pages, pageParams } = query.state.data;
      if (pages.length > 1)
        client.setQueryData(
          query.queryKey,
          {
            pages: pages.slice(0, 1),
            pageParams: pageParams.slice(0, 1),
          },
          { updatedAt: query.state.dataUpdatedAt },
        );
    },
    [client, hash],
  );
}

/** Reads a paged route to its end; until `isComplete`, `items` are the first of them. */
export function useReadAll<R extends PagedRoute>(route: R, input: RouteInput<R>, options: ReadOptions = {}) {
  const pages = useReadPages(route, input, options);
  const { hasNextPage, isFetching, isError, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  return { ...pages, isComplete: pages.isSuccess && !hasNextPage };
}

export interface ChangeOptions<R extends ChangeRoute> {
  /** Routes to read anew afterwards, beside what events bring. */
  readonly refresh?: readonly ReadRoute[];
  readonly onDone?: (output: RouteOutput<R>, input: RouteInput<R>) => void;
}

/** A change that was not tried: nothing is sent while the page is read-only. */
const readOnly = (route: ChangeRoute) =>
  new CallError({
    type: 'about:blank',
    status: 0,
    instance: route,
    code: 'read_only',
    title: 'Nothing can be changed now.',
    detail: 'Nothing was changed: this page has no connection to Aether.',
    hint: 'Try again once it is back, which the page notices by itself.',
    correlationId: '',
  });

/** Changes something by a route; refused at once while the page is read-only, whatever control asked for it. */
export function useChange<R extends ChangeRoute>(
  route: R,
  { refresh = [], onDone }: ChangeOptions<R> = {},
): UseMutationResult<RouteOutput<R>, CallError, RouteInput<R>> {
  const client = useQueryClient();
  const isReadOnly = useReadOnly();
  return useMutation<RouteOutput<R>, CallError, RouteInput<R>>({
    mutationFn: (input) => (isReadOnly ? Promise.reject(readOnly(route)) : call(route, input)),
    onSuccess: async (output, input) => {
      onDone?.(output, input);
      await Promise.all(refresh.map((name) => client.invalidateQueries({ queryKey: [name] })));
    },
  });
}

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 20_000,
        // What the caller did wrong stays wrong; what is away for a moment comes back.
        retry: (failures, error) =>
          failures < 2 &&
          (!(error instanceof CallError) || error.problem.status >= 500 || error.problem.status === 429),
        refetchOnWindowFocus: false,
        refetchOnReconnect: true,
        networkMode: 'always',
      },
      // Nothing waits for the network unseen, to be done later: a call that cannot be made says so.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
