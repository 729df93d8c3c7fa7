'use client';
import type { Route, RouteInput, RouteOutput } from '@aether/contracts/routes';
import {
  QueryClient,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
  type UseMutationResult,
  type UseQueryResult,
} from '@tanstack/react-query';
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
}

/** Reads a route, and keeps the answer; events of the live socket keep it fresh. */
export function useRead<R extends ReadRoute>(
  route: R,
  input: RouteInput<R>,
  { enabled = true, everyMs }: ReadOptions = {},
): UseQueryResult<RouteOutput<R>, CallError> {
  return useQuery<RouteOutput<R>, CallError>({
    queryKey: keyOf(route, input),
    queryFn: ({ signal }) => call(route, input, { signal }),
    enabled,
    ...(everyMs && { refetchInterval: everyMs }),
  });
}

interface PageLike {
  readonly items: readonly unknown[];
  readonly nextCursor: string | null;
}
type PagedRoute = { [R in ReadRoute]: RouteOutput<R> extends PageLike ? R : never }[ReadRoute];

/** Reads a paged route page by page; `items` has all pages read so far. */
export function useReadPages<R extends PagedRoute>(
  route: R,
  input: RouteInput<R>,
  { enabled = true }: ReadOptions = {},
) {
  type Page = RouteOutput<R> & PageLike;
  const query = useInfiniteQuery<Page, CallError, { pages: Page[] }, readonly unknown[], string | undefined>({
    queryKey: [route, input, 'pages'],
    queryFn: async ({ signal, pageParam }) =>
      await call(route, { ...input, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled,
  });
  const items = (query.data?.pages.flatMap((page) => page.items) ?? []) as Page['items'][number][];
  return { ...query, items };
}

export interface ChangeOptions<R extends ChangeRoute> {
  /** Routes to read anew afterwards, beside what events bring. */
  readonly refresh?: readonly ReadRoute[];
  readonly onDone?: (output: RouteOutput<R>, input: RouteInput<R>) => void;
}

/** Changes something by a route. */
export function useChange<R extends ChangeRoute>(
  route: R,
  { refresh = [], onDone }: ChangeOptions<R> = {},
): UseMutationResult<RouteOutput<R>, CallError, RouteInput<R>> {
  const client = useQueryClient();
  return useMutation<RouteOutput<R>, CallError, RouteInput<R>>({
    mutationFn: (input) => call(route, input),
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
          failures < 2 && (!(error instanceof CallError) || error.problem.status >= 500),
        refetchOnWindowFocus: false,
        refetchOnReconnect: true,
        networkMode: 'always',
      },
      // Nothing waits for the network unseen, to be done later: a call that cannot be made says so.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
