/** What has an id and a version that grows with each change. */
export interface Entity {
  readonly id: string;
  readonly version: number;
}

interface Page {
  readonly items: readonly Entity[];
  readonly nextCursor?: string | null;
}
/** A list as it is kept: one page, or those of an endless list. Lists are by id, the newest first. */
export type KeptList = Page | { readonly pages: readonly Page[] };

/** The newest copy of each thing that changed; null of what is gone. */
export type Changes = ReadonlyMap<string, Entity | null>;

type Filter = (entity: never, wanted: never) => boolean;

/** What each input of a list says about the things in it. */
const filters: Readonly<Record<string, Filter>> = {
  limit: () => true,
  missionId: ({ missionId }: { missionId: string }, wanted: string) => missionId === wanted,
  state: ({ state }: { state: string }, wanted: string | readonly string[]) =>
    [wanted].flat().includes(state),
  priority: ({ priority }: { priority: string }, wanted: string) => priority === wanted,
  label: ({ labels }: { labels: readonly string[] }, wanted: string) => labels.includes(wanted),
  capability: ({ requires }: { requires: readonly string[] }, wanted: string) => requires.includes(wanted),
  search: ({ title, goal = '' }: { title: string; goal?: string }, words: string) =>
    [title, goal].some((text) => text.toLowerCase().includes(words.trim().toLowerCase())),
};

/** Whether a thing is in the list that was read with this input; null where only the server can tell. */
export function memberOf(input: object): ((entity: Entity) => boolean) | null {
  const given = Object.entries(input).filter(([, wanted]) => wanted !== undefined);
  if (given.some(([name]) => !Object.hasOwn(filters, name))) return null;
  return (entity) => given.every(([name, wanted]) => filters[name]?.(entity as never, wanted as never));
}

/** The list after the changes: newer copies in place, what left it gone, what came into it where it belongs. */
export function withChanges(
  list: KeptList,
  changes: Changes,
  isMember: (entity: Entity) => boolean,
): KeptList {
  const pages = 'pages' in list ? list.pages : [list];
  const changed = insert(
    pages.map((page) => replaceIn(page, changes, isMember)),
    missing(pages, changes).filter(isMember),
  );
  if (changed.every((page, at) => page === pages[at])) return list;
  return 'pages' in list ? { ...list, pages: changed } : (changed[0] ?? list);
}

/** True where a list shows nothing although there is more to read. */
export function isDrained(list: KeptList): boolean {
  const pages = 'pages' in list ? list.pages : [list];
  return pages.every(({ items }) => items.length === 0) && !isWhole(pages);
}

const isWhole = (pages: readonly Page[]) => (pages.at(-1)?.nextCursor ?? null) === null;

function replaceIn(page: Page, changes: Changes, isMember: (entity: Entity) => boolean): Page {
  let isSame = true;
  const items = page.items.flatMap((old) => {
    const next = changes.get(old.id);
    if (next === undefined || (next && next.version <= old.version)) return old;
    isSame = false;
    return next && isMember(next) ? next : [];
  });
  return isSame ? page : { ...page, items };
}

function missing(pages: readonly Page[], changes: Changes): Entity[] {
  const absent = new Map([...changes].flatMap(([id, entity]) => (entity ? [[id, entity]] : [])));
  for (const { items } of pages) for (const { id } of items) absent.delete(id);
  return [...absent.values()];
}

/** What lies behind the last page that was read comes with the next one. */
function insert(pages: Page[], entities: readonly Entity[]): Page[] {
  for (const entity of entities) {
    const inside = pages.findIndex(({ items }) => (items.at(-1)?.id ?? entity.id) < entity.id);
    const at = inside < 0 && isWhole(pages) ? pages.length - 1 : inside;
    const page = pages[at];
    if (!page) continue;
    const items = [...page.items, entity].sort((a, b) => (a.id < b.id ? 1 : -1));
    pages[at] = { ...page, items };
  }
  return pages;
}
