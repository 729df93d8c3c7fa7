import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Mission } from '@aether/contracts/mission-schemas';
import { eventually } from '@aether/testing/eventually';
import { violationsOf } from './browser.js';
import { WORK_MS, useWorkshop } from './workshop.js';

/** As many lines as a page could not hold all at once. */
const LONG_LINES = 6_000;

/** What each kind of work leaves behind: instructions name it. */
const works: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '# code': {
    'src/app.ts': 'export const answer = 42; // the answer\n',
    'src/long.ts': Array.from({ length: LONG_LINES }, (_, at) => `export const n${at} = ${at};\n`).join(''),
    'docs/notes.md': '# Notes\n',
  },
  '# left': { 'a.txt': 'left\n' },
  '# right': { 'a.txt': 'right\n' },
  '# more': { 'more.txt': 'more\n' },
};

let begunCount = 0;
/** Lets the first go on when the second has begun, so that neither sees what the other merged. */
async function both(): Promise<void> {
  begunCount += 1;
  await eventually(() => {
    if (begunCount < 2) throw new Error('the other has not begun yet');
    return Promise.resolve();
  });
}

const workshop = useWorkshop(async (message) => {
  if (message.includes('conflict marker')) return { 'a.txt': 'left and right\n' };
  if (/# (?:left|right)/.test(message)) await both();
  return Object.entries(works).find(([name]) => message.includes(name))?.[1] ?? {};
});
const { ask, draft, begun, missionOf, until, tasksOf, openAt, expectSound } = workshop;

test('a mission that has ended is played again from its history, and its merges show what did not go together', async () => {
  const { id } = await begun('Play me again', [
    { key: 'left', instructions: '# left' },
    { key: 'right', instructions: '# right' },
    { key: 'more', instructions: '# more', dependsOn: ['left', 'right'] },
  ]);
  await until(id, 'completed');
  const path = `/missions/${id}/?view=timeline`;
  const { page, faults } = await openAt(path);
  const slider = page.getByRole('slider', { name: 'Moment of the mission' });
  await slider.focus();
  await slider.press('Home');
  const then = page.getByRole('region', { name: 'The mission at that moment' });
  await then.getByText(/^0 of 3 tasks accepted$/).waitFor();
  await then.locator('.react-flow__node').first().waitFor();
  const stepTo = async (text: string) =>
    eventually(async () => {
      await page.getByRole('button', { name: 'Next change' }).click();
      expect(await then.innerText()).toContain(text);
    });
  await stepTo('1 of 3 tasks accepted');
  await then.locator('.react-flow__node', { hasText: 'Waits for' }).waitFor();
  await stepTo('3 of 3 tasks accepted');
  await slider.press('Home');
  await page.getByRole('button', { name: 'Play it again' }).click();
  await then.getByText(/^[01] of 3 tasks accepted$/).waitFor();
  await then.getByText('3 of 3 tasks accepted').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Now' }).click();
  await then.waitFor({ state: 'detached' });
  await expectSound(page, faults, path);

  await page.getByRole('tab', { name: 'Merges' }).click();
  await page.getByText('Merged into').waitFor();
  await page.getByText('conflict', { exact: true }).first().waitFor();
  expect(await page.getByRole('button', { name: /Task (?:left|right|more)/ }).count()).toBeGreaterThan(3);
  expect(await violationsOf(page)).toEqual([]);
  await page.context().close();
}, 400_000);

test('a long change is read in colour, file by file, side by side, and accepted by keys', async () => {
  const { id } = await begun('Read me', [{ key: 'code', instructions: '# code' }], { acceptance: 'person' });
  await eventually(async () => expect(await tasksOf(id)).toMatchObject([{ state: 'reported' }]), {
    timeoutMs: WORK_MS,
  });
  const [task] = await tasksOf(id);
  const path = `/missions/${id}/?task=${task?.id}`;
  const { page, faults } = await openAt(path);
  const drawer = page.getByRole('dialog', { name: 'Task code' });
  const lines = drawer.getByRole('region', { name: 'Lines' });
  const files = drawer.getByRole('navigation', { name: 'Changed files' });
  await files.getByRole('button', { name: /^app\.ts/ }).click();
  await lines.locator('span[style*="--accent"]', { hasText: 'export' }).first().waitFor();
  expect(await lines.locator('[data-index]').count()).toBeLessThan(300);
  await page.keyboard.press(']');
  await files.locator('[aria-current]', { hasText: 'long.ts' }).waitFor();
  await drawer.getByRole('button', { name: 'Side by side' }).click();
  await lines.getByText('export const n3 = 3;').waitFor();
  await drawer.getByRole('button', { name: 'Copy path' }).first().waitFor();
  await expectSound(page, faults, path);

  await page.keyboard.press('r');
  const comment = drawer.getByLabel('What should change?');
  await comment.fill('all of it, again and again');
  await drawer.getByRole('button', { name: 'Not now' }).click();
  expect(await tasksOf(id)).toMatchObject([{ state: 'reported' }]);
  await page.keyboard.press('a');
  await until(id, 'completed');
  await page.context().close();
}, 400_000);

test('a plan shows what it needs and what was changed of it, and its list refuses a circle with the path', async () => {
  const goal = '- write one.txt: 1\n- write two.txt: 2\n- write three.txt: 3';
  const { id } = await ask<Mission>('POST missions', { goal, repository: workshop.repository() });
  await until(id, 'proposed');
  const three = (await tasksOf(id)).find(({ key }) => key === 'task-3');
  await ask(`PATCH tasks/${three?.id}`, { requires: ['welding'] });
  const path = `/missions/${id}/?view=list`;
  const { page, faults } = await openAt(path);
  await page.getByRole('button', { name: 'Order of task-2' }).click();
  await page.getByRole('menuitemcheckbox', { name: /one\.txt/ }).click();
  await page.getByText('after task-1').waitFor();
  await page.getByRole('menuitemcheckbox', { name: /one\.txt/ }).click();
  await page.getByText('after task-1').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  const undo = page.getByRole('status').getByRole('button', { name: 'Undo' });
  await undo.click();
  await page.getByText('after task-1').waitFor();

  await page.getByRole('button', { name: 'Order of task-1' }).click();
  await page.getByRole('menuitem', { name: 'Remove this task' }).click();
  await page.getByText('Removed “').waitFor();
  await page.getByText('after task-1').waitFor({ state: 'detached' });
  await undo.click();
  await page.getByText('after task-1').waitFor();
  await page.getByRole('button', { name: 'Order of task-1' }).click();
  const circle = page.getByRole('menuitemcheckbox', { name: /two\.txt/ });
  await circle
    .getByText('task-1 → task-2 → task-1')
    .or(circle.getByText('task-2 → task-1 → task-2'))
    .waitFor();
  expect(await circle.getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Escape');

  await page.getByRole('tab', { name: 'Graph' }).click();
  const panel = page.getByRole('complementary', { name: 'What the plan needs' });
  await panel.getByText('welding').waitFor();
  await panel.getByText('Workshop').waitFor();
  await panel.getByText('Different from the proposal').waitFor();
  await page.locator('.react-flow__node', { hasText: 'changed' }).first().waitFor();
  const arrow = page.locator('.react-flow__edge');
  await arrow.focus();
  await arrow.press('Enter');
  await arrow.press('Delete');
  await arrow.waitFor({ state: 'detached' });
  await undo.click();
  // A straight one has no height, and counts as hidden.
  await arrow.waitFor({ state: 'attached' });
  await expectSound(page, faults, `/missions/${id}/`);

  await ask(`POST missions/${id}/plan`, { comment: 'once more' });
  await until(id, 'proposed');
  await panel.getByText('Different from the plan before').waitFor();
  await page.context().close();
}, 240_000);

test('missions are narrowed by chips, moved by keyboard, and seen as lanes that say why a task may not go somewhere', async () => {
  const label = 'lanes';
  const { id } = await draft('Move me', [{ key: 'weld', instructions: 'weld', requires: ['welding'] }], {
    labels: [label],
    priority: 'urgent',
  });
  await draft('Not me', [], { labels: [label] });
  const { page, faults } = await openAt('/missions/');
  const filters = page.getByRole('group', { name: 'Filters' });
  await filters.getByLabel('Label', { exact: true }).selectOption(label);
  await page.getByRole('heading', { name: 'Not me' }).waitFor();
  await filters.getByLabel('Priority', { exact: true }).selectOption('urgent');
  await page.getByRole('heading', { name: 'Not me' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Move Move me' }).press('Enter');
  const paused = page.getByRole('menuitem', { name: /^Paused/ });
  await paused.getByText('Only what runs can be paused.').waitFor();
  expect(await paused.getAttribute('aria-disabled')).toBe('true');
  await page.getByRole('menuitem', { name: /^Running/ }).press('Enter');
  await until(id, 'running');
  expect(await violationsOf(page)).toEqual([]);

  await page.getByRole('button', { name: 'Lanes' }).click();
  const lane = page.getByRole('region', { name: 'Move me' });
  const move = lane.getByLabel('Move Task weld');
  await move.waitFor();
  expect(await move.locator('option:disabled').allTextContents()).toContain(
    'Running: Tasks get here by themselves.',
  );
  await move.selectOption('ended');
  await page.getByRole('alertdialog').getByRole('button', { name: 'Give it up' }).click();
  await lane.getByRole('group', { name: 'Move me: Failed or given up' }).getByText('Task weld').waitFor();
  await expectSound(page, faults, '/missions/?as=lanes');
  await page.context().close();
}, 240_000);

test('a repository is chosen with its branch, and one that cannot be used is refused before a mission is made', async () => {
  await draft('Used before', []);
  const { page, faults } = await openAt('/missions/new/');
  const before = (await ask<{ items: Mission[] }>('GET missions?limit=200')).items.length;
  await page.getByLabel('What should be done?').fill('Choose well');
  await page.getByLabel('Repository').fill(join(workshop.repository(), 'gone'));
  await page.getByRole('button', { name: 'Save as draft' }).click();
  await page.getByText('repository_missing').first().waitFor();
  expect((await ask<{ items: Mission[] }>('GET missions?limit=200')).items).toHaveLength(before);
  await page.getByLabel('Repository').fill('');
  await page.getByTitle(workshop.repository()).click();
  await page.getByLabel('Begins from').selectOption('next');
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save as draft' }).click();
  await page.waitForURL(/\/missions\/[0-9a-f-]{36}\//);
  const id = new URL(page.url()).pathname.split('/')[2] ?? '';
  expect(await missionOf(id)).toMatchObject({ repository: workshop.repository(), baseBranch: 'next' });
  // The refusal is an error of the network to the browser.
  expect(faults.filter((fault) => !fault.includes('422'))).toEqual([]);
  await page.context().close();
});

test("Jason's plan is drawn as it forms, his acts can be taken back, and what he speaks of is linked", async () => {
  const { page, faults } = await openAt('/');
  await page.keyboard.press('j');
  const panel = page.getByRole('complementary', { name: 'Jason' });
  const say = async (text: string) => {
    await panel.getByRole('textbox', { name: 'Ask Jason' }).fill(text);
    await panel.getByRole('textbox', { name: 'Ask Jason' }).press('Enter');
  };
  await say('- write north.txt: n\n- then write south.txt: s');
  const card = panel.getByRole('region', { name: /^Plan: / });
  await card.getByRole('img', { name: 'A plan of 2 tasks' }).waitFor({ timeout: WORK_MS });
  await card.getByRole('link', { name: 'Look at the plan' }).waitFor({ timeout: WORK_MS });
  expect(await violationsOf(page)).toEqual([]);
  await say('status');
  const link = panel.getByRole('list', { name: 'Spoken of' }).getByRole('link').first();
  await link.waitFor({ timeout: WORK_MS });
  await link.click();
  const drawer = page.getByRole('dialog', { name: /txt/ });
  await drawer.getByRole('button', { name: 'Close' }).click();
  await drawer.waitFor({ state: 'detached' });
  await panel.getByRole('button', { name: 'Take the mission off the board' }).first().click();
  await card.getByText('Cancelled', { exact: true }).waitFor({ timeout: WORK_MS });
  expect(faults).toEqual([]);
  await page.context().close();
}, 240_000);
