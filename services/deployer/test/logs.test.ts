import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { deployerRequests } from '@aether/contracts/deployer';
import { eventually } from '@aether/testing/eventually';
import { as, startSystem, type System } from './system.js';

const { followLogs, readLogs, stopDeployment } = deployerRequests;

let system: System;
beforeAll(async () => {
  system = await startSystem({ LOG_LINES_MAX: '1000' });
  await system.start();
});
afterAll(async () => system.stop());

const outputOf = async (id: string, raw = false) =>
  (await system.lines(id, { source: 'process', raw })).map(({ text }) => text);

test('output is stored without colours, control characters and secrets, and with a level', async () => {
  const { id } = await system.ready();
  system.runtime.say(id, `\u001b[31mError:\u001b[0m bad\u0007\nwith token-of-${id}\nwarn: old\n`);
  await eventually(async () => {
    const lines = await system.lines(id, { source: 'process' });
    expect(lines.map(({ level, text }) => [level, text])).toEqual([
      ['error', 'Error: bad\\x07'],
      ['info', 'with [secret]'],
      ['warn', 'warn: old'],
    ]);
  });
});

test('noise is left out, and there for who asks for everything', async () => {
  const { id } = await system.ready();
  system.runtime.say(id, 'one\n\n   \ntwo\n');
  await eventually(async () => expect(await outputOf(id)).toEqual(['one', 'two']));
  expect(await outputOf(id, true)).toEqual(['one', '', '   ', 'two']);
});

test('a last line without an end is stored when the process is gone', async () => {
  const { id } = await system.ready();
  system.runtime.say(id, 'whole\nlast words');
  await eventually(async () => expect(await outputOf(id)).toEqual(['whole']));
  await system.call(stopDeployment, { id });
  await system.inState(id, 'stopped');
  await eventually(async () => expect(await outputOf(id)).toEqual(['whole', 'last words']));
});

test('a reader that follows from a cursor and joins the live lines misses none and gets none twice', async () => {
  const { id } = await system.ready();
  const live = await system.followLines(id);
  for (let index = 0; index < 700; index += 1) system.runtime.say(id, `line ${index}\n`);
  await eventually(async () => expect((await outputOf(id)).at(-1)).toBe('line 699'));
  const seen: number[] = [];
  let after: string | undefined;
  for (let more = true; more;) {
    const page = await system.call(followLogs, { id, after }, as('viewer'));
    seen.push(...page.entries.map(({ data }) => data.seq));
    after = page.cursor;
    more = page.more;
  }
  system.runtime.say(id, 'after the backfill\n');
  await eventually(() => expect(live.at(-1)?.text).toBe('after the backfill'));
  const joined = [...seen, ...live.map(({ seq }) => seq).filter((seq) => seq > Number(after))];
  expect(joined).toEqual(Array.from({ length: joined.length }, (_, index) => index + 1));
});

test('pages go forward from a number and backward before one, and without either the newest lines come', async () => {
  const { id } = await system.ready();
  const all = await system.lines(id);
  const newest = await system.call(readLogs, { id, limit: 2 });
  expect(newest).toMatchObject({ lines: all.slice(-2), more: true });
  const before = newest.lines[0]?.seq ?? 0;
  expect(await system.call(readLogs, { id, before, limit: 2 })).toMatchObject({
    lines: all.slice(-4, -2),
    more: true,
  });
  expect(await system.call(readLogs, { id, before: 3, limit: 2 })).toMatchObject({
    lines: all.slice(0, 2),
    more: false,
  });
  const page = await system.call(readLogs, { id, after: 1, limit: 2 });
  expect(page).toMatchObject({ lines: all.slice(1, 3), more: true, lastSeq: all.length });
  const wrong = system.call(followLogs, { id, after: 'x' });
  await expect(wrong).rejects.toMatchObject({ code: 'invalid_input' });
});

test('only the newest lines are kept, and the file of the process is emptied when it has grown', async () => {
  const { id } = await system.ready();
  for (let index = 0; index < 3_000; index += 1) system.runtime.say(id, `a line with number ${index}\n`);
  await eventually(async () => expect((await outputOf(id)).at(-1)).toBe('a line with number 2999'));
  const { lines } = await system.call(readLogs, { id, after: 0, limit: 2_000 });
  expect(lines.length).toBeLessThanOrEqual(1_500);
  await eventually(() => expect(system.runtime.outputBytes(id)).toBe(0));
  system.runtime.say(id, 'after it was emptied\n');
  await eventually(async () => expect((await outputOf(id)).at(-1)).toBe('after it was emptied'));
});
