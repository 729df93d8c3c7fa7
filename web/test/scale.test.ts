import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { openDatabase, seedChat, seedLog, seedMissions } from '@aether/testing/seed';
import { ask } from './ask.js';
import { openPage, signIn, violationsOf, visit, type Page } from './browser.js';
import { admin, useConsole } from './console-under-test.js';

const MISSIONS = 1_000;
const MESSAGES = 1_000;
const LINES = 5_000;
/** Of a whole page: what is in sight and a little around it, however much there is. */
const NODES_MAX = 4_000;

const system = useConsole();

type Owner = Parameters<typeof openDatabase>[1];
type Seed<R> = (database: Awaited<ReturnType<typeof openDatabase>>, count: number, by: string) => Promise<R>;

async function seed<R>(owner: Owner, rows: Seed<R>, count: number): Promise<R> {
  const { machine } = system();
  const { id } = await ask<{ id: string }>(machine, 'GET me');
  const database = await openDatabase(join(machine.directory, 'data'), owner);
  try {
    return await rows(database, count, id);
  } finally {
    await database.end();
  }
}

async function openSignedIn() {
  const { machine, browser } = system();
  const opened = await openPage(browser, machine);
  await signIn(opened.page, admin);
  opened.faults.length = 0;
  return opened;
}

const nodesOf = (page: Page) => page.evaluate<number>(`document.getElementsByTagName('*').length`);

/** Where the element is in the window; it must be there. */
async function topOf(page: Page, selector: string): Promise<number> {
  const box = await page.locator(selector).boundingBox();
  if (!box) throw new Error(`${selector} is not in the page`);
  return box.y;
}

/** What marks the first thing that shows whole in the log. */
const firstInSight = (page: Page, mark: string) =>
  page.evaluate<string>(`(() => {
    const log = document.querySelector('[role=log]');
    const inSight = [...log.querySelectorAll('[${mark}]')].find((element) =>
      element.getBoundingClientRect().top >= log.getBoundingClientRect().top);
    return '[${mark}="' + inSight.getAttribute('${mark}') + '"]';
  })()`);

/** Of all that the log has. */
const heightOf = (page: Page) => page.evaluate<number>(`document.querySelector('[role=log]').scrollHeight`);

/** Waits until the log is as high for two pictures: what grows after it was drawn has grown. */
const still = (page: Page) =>
  eventually(async () => {
    const before = await heightOf(page);
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(await heightOf(page)).toBe(before);
    return before;
  });

/** Presses a key until the end that it leads to has been read and shows. */
async function pressUntil(page: Page, key: 'Home' | 'End', shown: string): Promise<void> {
  await eventually(
    async () => {
      await page.keyboard.press(key);
      expect(await page.locator(shown).count()).toBe(1);
    },
    { timeoutMs: 60_000 },
  );
}

test('a thousand missions: board and table draw what is in sight, arrows and End reach the last, what changes elsewhere is in its place', async () => {
  const ids = await seed('missions', seedMissions, MISSIONS);
  const { page, faults } = await openSignedIn();
  await visit(page, '/missions/');
  const completed = page.getByRole('region', { name: 'Completed' }).last();
  await completed.getByRole('link').first().focus();
  await page.keyboard.press('ArrowDown');
  await eventually(async () =>
    expect(await page.evaluate(`document.activeElement.closest('li')?.ariaPosInSet`)).toBe('2'),
  );
  const last = `li[aria-posinset="${(MISSIONS * 80) / 100}"][aria-setsize="${(MISSIONS * 80) / 100}"]`;
  await pressUntil(page, 'End', last);
  expect(await nodesOf(page)).toBeLessThan(NODES_MAX);
  const violations = await violationsOf(page);

  const running = await ask<{ items: { id: string; title: string }[] }>(
    system().machine,
    'GET missions?state=running&limit=1',
  );
  const moved = running.items[0]!;
  await ask(system().machine, `POST missions/${moved.id}/pause`, {});
  const paused = page.getByRole('region', { name: 'Paused' }).last();
  await paused.getByText(moved.title.split(':')[0]!, { exact: false }).first().waitFor();

  await page.getByRole('button', { name: 'Table' }).click();
  const rows = page.getByRole('region', { name: 'Missions' });
  await rows.getByRole('link').first().focus();
  await pressUntil(page, 'End', `li[aria-posinset="${MISSIONS}"][aria-setsize="${MISSIONS}"]`);
  await rows.getByText('Mission 1:').waitFor();
  expect(await nodesOf(page)).toBeLessThan(NODES_MAX);
  violations.push(...(await violationsOf(page)));

  const read = `[data-id="${ids[0]}"]`;
  const before = await topOf(page, read);
  await ask(system().machine, 'POST missions', { goal: 'One more', plan: false });
  await page.locator(`${read}[aria-posinset="${MISSIONS + 1}"]`).waitFor();
  expect(await topOf(page, read)).toBeCloseTo(before, 0);
  await page.keyboard.press('Home');
  await rows.getByText('One more').waitFor();
  expect({ faults, violations }).toEqual({ faults: [], violations: [] });
  await page.context().close();
});

test('a chat of a thousand messages opens at its end, reads back to the first, and keeps the place while it does', async () => {
  const chatId = await seed('openclaw-bridge', seedChat, MESSAGES);
  const { page, faults } = await openSignedIn();
  await visit(page, `/chats/${chatId}/`);
  await page.locator(`[data-message="${MESSAGES}"]`).waitFor();
  const log = page.getByRole('log');
  const violations = await violationsOf(page);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/\/messages\?.*cursor=/, async (route) => {
    await held;
    await route.continue();
  });
  await log.hover();
  await eventually(async () => {
    await page.mouse.wheel(0, -500);
    expect(await page.getByText('Reading earlier messages').count()).toBe(1);
  });
  const began = await still(page);
  const seen = await firstInSight(page, 'data-message');
  const place = await topOf(page, seen);
  release();
  await eventually(async () => expect(await heightOf(page)).toBeGreaterThan(began));
  await still(page);
  expect(await topOf(page, seen)).toBeCloseTo(place, 0);

  await log.focus();
  await pressUntil(page, 'Home', '[data-message="1"]');
  expect(await nodesOf(page)).toBeLessThan(NODES_MAX);
  await pressUntil(page, 'End', `[data-message="${MESSAGES}"]`);
  expect({ faults, violations }).toEqual({ faults: [], violations: [] });
  await page.context().close();
});

test('a log of five thousand lines follows its end, stays where one reads, and is searched and saved as a whole', async () => {
  const id = await seed('deployer', seedLog, LINES);
  const { page, faults } = await openSignedIn();
  await visit(page, `/deployments/${id}/?view=logs`);
  const log = page.getByRole('log');
  await log.getByText(`(${LINES})`).waitFor();
  const violations = await violationsOf(page);
  const follow = page.getByRole('button', { name: 'Follow' });
  await log.hover();
  await page.mouse.wheel(0, -900);
  await follow.waitFor();
  const seen = await firstInSight(page, 'data-index');
  const place = await topOf(page, seen);
  const began = await still(page);
  // Its steps are told in the log as they are taken.
  await ask(system().machine, `POST deployments/${id}/start`, {});
  const count = () =>
    ask<{ lastSeq: number }>(system().machine, `GET deployments/${id}/logs?limit=1`).then(
      ({ lastSeq }) => lastSeq,
    );
  await eventually(async () => expect(await count()).toBeGreaterThan(LINES));
  await eventually(async () => expect(await heightOf(page)).toBeGreaterThan(began));
  expect(await topOf(page, seen)).toBeCloseTo(place, 0);
  await follow.click();
  await log.getByText('preflight').first().waitFor();
  await follow.waitFor({ state: 'detached' });

  await page.getByLabel('Search the log').fill('(17)');
  await page.getByText('1 of 1', { exact: true }).waitFor();
  await page.getByLabel('Search the log').press('Enter');
  await log.locator('mark').waitFor();
  expect(await nodesOf(page)).toBeLessThan(NODES_MAX);
  violations.push(...(await violationsOf(page)));
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const text = await readFile(await (await saved).path(), 'utf8');
  expect(text.split('\n').filter((line) => /\(\d+\)$/.test(line))).toHaveLength(LINES);
  expect({ faults, violations }).toEqual({ faults: [], violations: [] });
  await page.context().close();
});
