import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ask } from './ask.js';
import { faultsOf, openPage, signIn, tooWideIn, visit, type Opened } from './browser.js';
import { admin, useConsole } from './console-under-test.js';

const screens = JSON.parse(
  readFileSync(new URL('../scripts/screens.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;

const system = useConsole();

async function openOnPhone(widthPx: number, colours: 'light' | 'dark'): Promise<Opened> {
  const { machine, browser } = system();
  const opened = await openPage(browser, { url: machine.url, colours });
  await opened.page.setViewportSize({ width: widthPx, height: 740 });
  await signIn(opened.page, admin);
  opened.faults.length = 0;
  return opened;
}

test.each([
  [360, 'light'],
  [390, 'dark'],
] as const)(
  'no screen is wider than a phone of %d pixels, or has a fault of access there in %s colours',
  async (widthPx, colours) => {
    const goal = 'A mission whose goal is long enough to need more than the width of a phone, word by word';
    const { id } = await ask<{ id: string }>(system().machine, 'POST missions', { goal, plan: false });
    const opened = await openOnPhone(widthPx, colours);
    const wide: string[] = [];
    const faults: string[] = [];
    const lists = ['lanes', 'table'].map((view) => `/missions/?as=${view}`);
    for (const path of [...Object.values(screens), ...lists, `/missions/${id}/`]) {
      await visit(opened.page, path);
      for (const part of await tooWideIn(opened.page)) wide.push(`${path}: ${part}`);
      faults.push(...(await faultsOf(opened)));
    }
    expect({ wide, faults }).toEqual({ wide: [], faults: [] });
    await opened.page.context().close();
  },
  300_000,
);

test.each([
  ['/missions/', 'Search missions'],
  ['/agents/', 'Filter agents'],
])(
  'the key of search goes to the field of %s on a phone as well',
  async (path, label) => {
    const { page } = await openOnPhone(360, 'light');
    await visit(page, path);
    await page.keyboard.press('/');
    await page.getByLabel(label).and(page.locator(':focus')).waitFor();
    await page.context().close();
  },
  120_000,
);
