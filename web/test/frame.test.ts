import { expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { ask } from './ask.js';
import { faultsOf, visit, type Page } from './browser.js';
import { openScreen, useConsole } from './console-under-test.js';

const system = useConsole();

const openAt = (path: string) => openScreen(system(), path);
const makeMission = (goal: string) =>
  ask<{ id: string }>(system().machine, 'POST missions', { goal, plan: false });
const jasonOf = (page: Page) => page.getByRole('complementary', { name: 'Jason' });
const paletteOf = (page: Page) => page.getByRole('dialog', { name: 'Commands' });

/** Waits until the rail says that this section is shown. */
const isAt = (page: Page, section: string) =>
  page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: section, exact: true })
    .and(page.locator('[aria-current=page]'))
    .waitFor();

async function openPalette(page: Page, words: string) {
  await page.keyboard.press('Control+k');
  await paletteOf(page).getByRole('combobox').fill(words);
  return paletteOf(page);
}

test('keys lead to every section, begin a mission, list themselves, and go to the filter', async () => {
  const { page, opened } = await openAt('/');
  const sections = { m: 'Missions', a: 'Agents', d: 'Deployments', y: 'System', s: 'Settings', h: 'Home' };
  for (const [letter, label] of Object.entries(sections)) {
    await page.keyboard.press('g');
    await page.keyboard.press(letter);
    await isAt(page, label);
  }
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Shortcuts' });
  for (const does of ['Go to Missions', 'New mission', 'Search what is shown'])
    await list.getByText(does).waitFor();
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });
  for (const [path, label] of [
    ['/missions/', 'Search missions'],
    ['/agents/', 'Filter agents'],
    ['/system/?tab=events', 'Search events'],
  ] as const) {
    await visit(page, path);
    await page.keyboard.press('/');
    await page.getByLabel(label).and(page.locator(':focus')).waitFor();
    // Where one writes, a letter is a letter.
    await page.keyboard.type('c?gh');
    expect(await page.getByLabel(label).inputValue()).toBe('c?gh');
  }
  await visit(page, '/');
  await page.keyboard.press('c');
  await page.getByLabel('What should be done?').waitFor();
  expect(new URL(page.url()).pathname).toBe('/missions/new/');
  expect(await faultsOf(opened)).toEqual([]);
  await page.context().close();
});

test('Escape closes what is on top, one thing after the other', async () => {
  const { page } = await openAt('/settings/?section=keys');
  await page.keyboard.press('j');
  await jasonOf(page).waitFor();
  await page.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog', { name: 'New API key' });
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.keyboard.press('Control+k');
  await paletteOf(page).waitFor();
  await page.keyboard.press('Escape');
  await paletteOf(page).waitFor({ state: 'detached' });
  const write = jasonOf(page).getByRole('textbox', { name: 'Ask Jason' });
  await write.fill('not sent yet');
  await page.keyboard.press('Escape');
  expect(await write.inputValue()).toBe('not sent yet');
  await page.keyboard.press('Escape');
  await jasonOf(page).waitFor({ state: 'detached' });
  await page.context().close();
});

/** What has the focus: its name, and whether somebody who looks sees that. */
const FOCUSED = `(() => {
  const at = document.activeElement;
  const ring = getComputedStyle(at);
  const name = at.getAttribute('aria-label') ?? at.textContent.trim() ?? '';
  return { name, tag: at.tagName, isSeen: ring.outlineStyle !== 'none' && parseFloat(ring.outlineWidth) >= 2 };
})()`;

interface Focused {
  readonly name: string;
  readonly tag: string;
  readonly isSeen: boolean;
}

test('the Tab key reaches every control of a screen, and each shows that it is there', async () => {
  await makeMission('A mission to reach by keys');
  const { page } = await openAt('/missions/?as=table');
  const reached: Focused[] = [];
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate<Focused>(FOCUSED);
    if (at.tag === 'BODY') break;
    reached.push(at);
  }
  expect(reached.filter(({ isSeen }) => !isSeen)).toEqual([]);
  const names = reached.map(({ name }) => name);
  expect(names[0]).toBe('Skip to content');
  const sections = ['Home', 'Missions', 'Agents', 'Deployments', 'System', 'Settings'];
  const head = ['Commands (Ctrl K)', 'Jason (J)', 'Notifications', 'New mission'];
  const wanted = [...sections, ...head, 'A mission to reach by keys'];
  expect(wanted.filter((each) => !names.some((name) => name.includes(each)))).toEqual([]);

  await page.keyboard.press('Control+k');
  await paletteOf(page).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  // Nothing behind it is reached while it is open.
  expect(await paletteOf(page).locator(':focus').count()).toBe(1);
  await page.context().close();
});

test('the palette goes to every screen and to what there is, and acts', async () => {
  const { id } = await makeMission('Sweep the lighthouse');
  const { page, opened } = await openAt('/');
  for (const label of ['Missions', 'Agents', 'Deployments', 'System', 'Settings', 'Home']) {
    const palette = await openPalette(page, label);
    await palette.getByRole('option', { name: new RegExp(`^${label} G `) }).click();
    await palette.waitFor({ state: 'detached' });
    await isAt(page, label);
  }
  const palette = await openPalette(page, 'lighthouse');
  await palette
    .getByRole('option', { name: 'Sweep the lighthouse' })
    .and(page.locator('[aria-selected=true]'))
    .waitFor();
  expect(await faultsOf(opened)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.waitForURL(`**/missions/${id}/`);
  await openPalette(page, 'deploy an');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Deploy an agent' }).waitFor();
  await openPalette(page, 'sign out');
  await page.keyboard.press('Enter');
  await page.getByLabel('Password').waitFor();
  await page.context().close();
});

test('what is typed into the palette is handed to Jason: where nothing has these words, and where that is chosen', async () => {
  await makeMission('Paint the gate');
  const { page, opened } = await openAt('/agents/');
  const write = jasonOf(page).getByRole('textbox', { name: 'Ask Jason' });
  const palette = await openPalette(page, 'what waits for me?');
  await palette.getByRole('option', { name: 'Ask Jason “what waits for me?”', selected: true }).waitFor();
  expect(await palette.getByRole('option').count()).toBe(1);
  await page.keyboard.press('Enter');
  await write.and(page.locator(':focus')).waitFor();
  await eventually(async () => expect(await write.inputValue()).toBe('what waits for me?'));
  const log = jasonOf(page).getByRole('log');
  // Nothing is sent before its writer has seen where it goes.
  expect(await log.getByText('what waits for me?').count()).toBe(0);
  await page.keyboard.press('Enter');
  await log.getByText('what waits for me?').waitFor();
  await log.getByText('demo model', { exact: true }).waitFor({ timeout: 60_000 });
  expect(await faultsOf(opened)).toEqual([]);

  await write.fill('I have begun this.');
  await openPalette(page, 'paint');
  const found = palette.getByRole('option', { name: 'Paint the gate', selected: true });
  await found.waitFor();
  await page.keyboard.press('End');
  await palette.getByRole('option', { name: 'Ask Jason “paint”', selected: true }).waitFor();
  await page.keyboard.press('Enter');
  await eventually(async () => expect(await write.inputValue()).toBe('I have begun this.\npaint'));
  await jasonOf(page).getByRole('button', { name: 'Close Jason' }).click();
  await page.keyboard.press('j');
  expect(await write.inputValue()).toBe('');
  await page.context().close();
});

test('the theme and the density that were chosen are there after a reload, whatever the system says', async () => {
  const { page, opened } = await openAt('/settings/?section=appearance');
  const shown = () =>
    page.evaluate<string[]>(
      '[document.documentElement.dataset.theme, document.documentElement.dataset.density ?? "usual"]',
    );
  expect(await shown()).toEqual(['light', 'usual']);
  await page.getByText('Dark', { exact: true }).click();
  await page.getByText('Compact', { exact: true }).click();
  await eventually(async () => expect(await shown()).toEqual(['dark', 'compact']));
  await page.reload();
  expect(await shown()).toEqual(['dark', 'compact']);
  await page.locator('[data-connection=live]').waitFor();
  expect(await page.getByRole('radio', { name: 'Dark' }).isChecked()).toBe(true);
  expect(await faultsOf(opened)).toEqual([]);
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('menuitemradio', { name: 'As the system' }).click();
  await eventually(async () => expect(await shown()).toEqual(['light', 'compact']));
  await page.emulateMedia({ colorScheme: 'dark' });
  await eventually(async () => expect(await shown()).toEqual(['dark', 'compact']));
  await page.context().close();
});
