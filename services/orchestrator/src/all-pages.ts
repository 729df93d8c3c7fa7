interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Everything a list holds; `read` is given what names the next page, to be spread into the query. */
export async function allPages<T>(read: (at: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = [];
  let page: Page<T> = await read({});
  for (;;) {
    all.push(...page.items);
    if (page.nextCursor === null) return all;
    page = await read({ cursor: page.nextCursor });
  }
}
