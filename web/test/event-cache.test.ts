import { describe, expect, test } from '@jest/globals';
import { QueryClient, QueryObserver, type QueryKey } from '@tanstack/react-query';
import type { LiveEvent } from '@aether/contracts/live-frames';
import { eventually } from '@aether/testing/eventually';
import { EventCache } from '../src/live/event-cache.js';
import { memberOf, withChanges, type Changes } from '../src/live/kept-lists.js';

interface Thing {
  readonly id: string;
  readonly version: number;
  readonly state: string;
}
const thing = (id: string, state = 'running', version = 1): Thing => ({ id, version, state });
const changed = (mission: Thing): LiveEvent => ({
  id: 'e',
  event: 'evt.missions.mission-changed.v1',
  at: '2026-11-24T00:00:00.000Z',
  actorId: 'ada',
  data: { mission },
});

const LIST = 'GET /api/v1/missions';
const all: QueryKey = [LIST, { limit: 2 }, 'pages'];
const running: QueryKey = [LIST, { state: ['running'] }, 'pages'];
const pagesOf = (...pages: readonly (readonly [readonly Thing[], string | null])[]) => ({
  pages: pages.map(([items, nextCursor]) => ({ items, nextCursor })),
  pageParams: pages.map((_, at) => at),
});

describe('a list that was read', () => {
  const list = pagesOf([[thing('9'), thing('7')], 'c'], [[thing('5'), thing('3')], 'c']);
  const after = (changes: Changes, { input, of = list }: { input: object; of?: typeof list }) => {
    const isMember = memberOf(input);
    if (!isMember) throw new Error('only the server can tell');
    const { pages } = withChanges(of, changes, isMember) as typeof list;
    return pages.map(({ items }) => items.map(({ id, version }) => `${id}v${version}`).join(' '));
  };
  const one = (change: Thing) => new Map([[change.id, change]]);

  test.each<[string, Changes, object, string[]]>([
    ['takes a newer copy in place', one(thing('5', 'running', 2)), {}, ['9v1 7v1', '5v2 3v1']],
    ['keeps what is newer', one(thing('5', 'running', 0)), {}, ['9v1 7v1', '5v1 3v1']],
    ['takes in what is new, by its place', one(thing('8')), {}, ['9v1 8v1 7v1', '5v1 3v1']],
    ['takes in what falls between two pages', one(thing('6')), {}, ['9v1 7v1', '6v1 5v1 3v1']],
    ['leaves what has not been read to the next page', one(thing('1')), {}, ['9v1 7v1', '5v1 3v1']],
    ['loses what is gone', new Map([['7', null]]), {}, ['9v1', '5v1 3v1']],
    ['loses what left its state', one(thing('9', 'paused', 2)), { state: 'running' }, ['7v1', '5v1 3v1']],
    [
      'does not take what is elsewhere',
      one(thing('8', 'paused')),
      { state: ['running'] },
      ['9v1 7v1', '5v1 3v1'],
    ],
  ])('%s', (...[, changes, input, expected]) => {
    expect(after(changes, { input })).toEqual(expected);
  });

  test('that was read to its end takes in what comes after it, and is the same object where nothing changed', () => {
    const whole = pagesOf([[thing('9')], null]);
    expect(after(one(thing('1')), { input: {}, of: whole })).toEqual(['9v1 1v1']);
    expect(withChanges(whole, one(thing('9')), () => true)).toBe(whole);
    expect(memberOf({ after: 'x' })).toBeNull();
  });
});

describe('events', () => {
  test('bring things from one list to another, the newest copy of many, without reading anew', async () => {
    const client = new QueryClient();
    const cache = new EventCache(client);
    let drawn = 0;
    client.setQueryData(all, pagesOf([[thing('2', 'paused')], null]));
    client.setQueryData(running, pagesOf([[], null]));
    client.getQueryCache().subscribe(({ type }) => (drawn += type === 'updated' ? 1 : 0));
    for (let version = 2; version <= 500; version += 1)
      cache.apply(changed(thing('2', version % 2 ? 'paused' : 'running', version)));
    await eventually(() =>
      expect(client.getQueryData(running)).toEqual(pagesOf([[thing('2', 'running', 500)], null])),
    );
    expect(client.getQueryData(all)).toEqual(pagesOf([[thing('2', 'running', 500)], null]));
    expect(drawn).toBeLessThan(50);
    cache.stop();
  });

  test('that come while a list is being read are not lost with an answer that is older', async () => {
    const client = new QueryClient();
    const cache = new EventCache(client);
    let answer: (list: unknown) => void = () => undefined;
    const observer = new QueryObserver(client, {
      queryKey: all,
      queryFn: () => new Promise((resolve) => (answer = resolve)),
    });
    const leave = observer.subscribe(() => undefined);
    client.setQueryData([LIST, { limit: 1 }, 'pages'], pagesOf([[thing('2')], null]));
    cache.apply(changed(thing('2', 'running', 2)));
    await eventually(() =>
      expect(client.getQueryData([LIST, { limit: 1 }, 'pages'])).toEqual(
        pagesOf([[thing('2', 'running', 2)], null]),
      ),
    );
    answer(pagesOf([[thing('2')], null]));
    await eventually(() =>
      expect(client.getQueryData(all)).toEqual(pagesOf([[thing('2', 'running', 2)], null])),
    );
    leave();
    cache.stop();
  });

  test('that keep coming do not keep a figure from being read', async () => {
    const client = new QueryClient();
    const cache = new EventCache(client);
    let readings = 0;
    let ended = 0;
    const observer = new QueryObserver(client, {
      queryKey: ['GET /api/v1/board', {}],
      queryFn: async ({ signal }) => {
        readings += 1;
        // Slower than the pause between two readings.
        await new Promise((resolve) => setTimeout(resolve, 600));
        if (!signal.aborted) ended += 1;
        return readings;
      },
    });
    const leave = observer.subscribe(() => undefined);
    let version = 1;
    const coming = setInterval(() => cache.apply(changed(thing('2', 'running', (version += 1)))), 20);
    await eventually(() => expect(ended).toBeGreaterThan(1), { timeoutMs: 20_000 });
    clearInterval(coming);
    leave();
    cache.stop();
  });
});
