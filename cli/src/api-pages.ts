import type { Route, RouteInput, RouteOutput } from '@aether/contracts/routes';
import type { Api } from './api.js';

type Paged = {
  [R in Route]: RouteOutput<R> extends { items: unknown[]; nextCursor: string | null } ? R : never;
}[Route];
type ItemOf<R extends Paged> = RouteOutput<R> extends { items: (infer T)[] } ? T : never;

/** Every item of a paged list. */
export async function listAll<R extends Paged>(
  api: Api,
  route: R,
  input: RouteInput<R>,
): Promise<ItemOf<R>[]> {
  const items: ItemOf<R>[] = [];
  let cursor: string | undefined;
  do {
    const page = (await api.call(route, { ...input, limit: 200, cursor })) as {
      items: ItemOf<R>[];
      nextCursor: string | null;
    };
    items.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}
