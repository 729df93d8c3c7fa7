import { expect, test } from '@jest/globals';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { eventually } from '@aether/testing/eventually';
import type { Locator } from 'playwright-core';
import { violationsOf, visit, type Page } from './browser.js';
import { WORK_MS, useWorkshop } from './workshop.js';

/** Work that waits until a test lets it go on. */
let held: Promise<void> = Promise.resolve();

const workshop = useWorkshop(async (message) => {
  if (message.includes('# held')) await held;
  return { 'a.txt': 'left\n' };
});
const { agentOf, ask, begun, draft, git, missionOf, openAt, tasksOf, expectSound } = workshop;

const reported = (id: string): Promise<Task> =>
  eventually(
    async () => {
      const [task] = await tasksOf(id);
      expect(task).toMatchObject({ state: 'reported' });
      return task!;
    },
    { timeoutMs: WORK_MS },
  );

/** A figure of a list of terms by its name. */
const fact = (within: Locator, name: string) => within.locator(`dt:text-is("${name}") + dd`);

/** Takes something up and holds it over a place; `page.mouse.up()` lets it fall there. */
async function dragOver(page: Page, what: Locator, place: Locator): Promise<void> {
  await what.hover();
  await page.mouse.down();
  // Of two moves over it, the first makes a drag of it.
  await place.hover();
  await place.hover();
}

test('the acts of a task stay where they are while its text comes, so that what is pressed is what is released', async () => {
  const { id } = await draft('Hold still', [
    { key: 'spare', instructions: '# Nobody needs this\n\n- at all\n- ever\n\n```\nor ever\n```' },
  ]);
  const { page } = await openAt(`/missions/${id}/`, { serviceWorkers: 'block' });
  await page.locator('[aria-busy=false] > .react-flow').waitFor();
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/_next/static/chunks/**', async (route) => {
    await released;
    await route.continue();
  });
  await page.locator('.react-flow__node', { hasText: 'Task spare' }).click();
  const drawer = page.getByRole('dialog', { name: 'Task spare' });
  await drawer.getByText('# Nobody needs this').waitFor();
  await drawer.getByRole('button', { name: 'Remove' }).hover();
  await page.mouse.down();
  release();
  await drawer.getByRole('listitem').filter({ hasText: 'ever' }).waitFor();
  await page.mouse.up();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
  await eventually(async () => expect(await tasksOf(id)).toEqual([]));
  await page.context().close();
});

test('reported work is told by its receipt, its checks, its change in one column and in two, and by where it was merged', async () => {
  const { id } = await begun(
    'Show me',
    [
      {
        key: 'code',
        instructions: 'Change it.',
        checks: [{ name: 'looks', command: 'tr a-z A-Z < a.txt' }],
      },
    ],
    { acceptance: 'person' },
  );
  const { receipt } = await reported(id);
  const path = `/missions/${id}/?view=merges`;
  const { page, faults } = await openAt(path);
  const coming = page.getByRole('button', { name: /Task code/ });
  await coming.getByText('1 file by Workshop').waitFor();
  await coming.getByText('Reviewing').waitFor();
  await coming.click();
  const drawer = page.getByRole('dialog', { name: 'Task code' });

  await drawer.getByRole('tab', { name: 'Work' }).click();
  expect(await fact(drawer, 'By').innerText()).toBe('Workshop');
  expect(await fact(drawer, 'Tree').innerText()).toBe('clean');
  expect(await fact(drawer, 'Files').innerText()).toBe('1 file');
  expect(await fact(drawer, 'Tokens').innerText()).toBe(String(receipt?.tokens));
  expect(await git('show', `${await fact(drawer, 'Commit').innerText()}:a.txt`)).toBe('left\n');
  const check = drawer.locator('details', { hasText: 'tr a-z A-Z' });
  await check
    .locator('summary')
    .getByText(/^exit 0 · /)
    .waitFor();
  await check.locator('summary').click();
  expect(await check.locator('pre').innerText()).toBe('LEFT\n');
  const violations = await violationsOf(page);

  await drawer.getByRole('tab', { name: 'Changes' }).click();
  const rows = drawer.getByRole('region', { name: 'Lines' }).locator('[data-index]');
  const [removed, added] = [rows.filter({ hasText: '−a' }), rows.filter({ hasText: '+left' })];
  await removed.waitFor();
  await added.waitFor();
  expect(await removed.filter({ hasText: '+left' }).count()).toBe(0);
  await drawer.getByRole('button', { name: 'Side by side' }).click();
  await removed.filter({ hasText: '+left' }).waitFor();
  await drawer.getByRole('button', { name: 'One column' }).click();
  await removed.filter({ hasNotText: '+left' }).waitFor();

  await drawer.getByRole('button', { name: 'Accept' }).click();
  const merged = page.getByRole('button', { name: /Task code/ }).filter({ hasText: 'Accepted' });
  await merged.waitFor({ timeout: WORK_MS });
  const { branch } = await eventually(
    async () => {
      const mission = await missionOf(id);
      expect(mission).toMatchObject({ state: 'completed' });
      return mission;
    },
    { timeoutMs: WORK_MS },
  );
  const commit = await merged.locator('code').innerText();
  expect(await git('rev-parse', branch ?? '')).toMatch(new RegExp(`^${commit}`));
  expect(violations).toEqual([]);
  await expectSound(page, faults, path);
  await page.context().close();
}, 400_000);

test('a task that failed its checks shows the exit code, and what was printed without being asked', async () => {
  const { id } = await begun('Leak', [
    {
      key: 'roof',
      instructions: 'Mend it.',
      checks: [{ name: 'dry', command: 'echo the roof leaks; exit 3' }],
    },
  ]);
  await eventually(async () => expect(await tasksOf(id)).toMatchObject([{ state: 'failed' }]), {
    timeoutMs: WORK_MS,
  });
  const [task] = await tasksOf(id);
  const { page } = await openAt(`/missions/${id}/?task=${task?.id}&part=work`);
  const drawer = page.getByRole('dialog', { name: 'Task roof' });
  await drawer
    .locator('summary')
    .getByText(/^exit 3 · /)
    .waitFor();
  await drawer.locator('pre').getByText('the roof leaks', { exact: true }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.context().close();
}, 400_000);

test('what is written on a task is read at once in another browser, as it is by whoever opens it later', async () => {
  const { id } = await draft('Talk', [{ key: 'roof', instructions: 'Mend it.' }]);
  const [task] = await tasksOf(id);
  const path = `/missions/${id}/?task=${task?.id}&part=thread`;
  const thread = (page: Page) => page.getByRole('dialog', { name: 'Task roof' });
  const [{ page }, { page: other }] = [await openAt(path), await openAt(path)];
  for (const each of [page, other]) await thread(each).getByLabel('Comment').waitFor();
  const say = async (from: Page, text: string) => {
    await thread(from).getByLabel('Comment').fill(text);
    await thread(from).getByRole('button', { name: 'Send' }).click();
    for (const each of [page, other]) await thread(each).getByRole('listitem').getByText(text).waitFor();
    await eventually(async () => expect(await thread(from).getByLabel('Comment').inputValue()).toBe(''));
  };
  await say(page, 'Mind the slates.');
  await say(other, 'I will.');
  await visit(other, `/missions/${id}/?view=thread`);
  const said = other.getByRole('listitem').filter({ hasText: 'comment' });
  await said.first().getByText('Mind the slates.').waitFor();
  await said.last().getByText('I will.').waitFor();
  await Promise.all([page.context().close(), other.context().close()]);
});

test('a card is dragged where that means something; over any other column it is told why not, and nothing changes', async () => {
  const { id, title } = await draft('Drag me', [
    { key: 'weld', instructions: 'weld', requires: ['welding'] },
    // Without it, giving the other up ends the mission.
    { key: 'grind', instructions: 'grind', requires: ['welding'] },
  ]);
  const { page, faults } = await openAt('/missions/');
  const column = (name: string) => page.getByRole('region', { name, exact: true }).first();
  const card = page.getByRole('link').filter({ has: page.getByRole('heading', { name: title }) });
  const state = async (expected: Mission['state']) =>
    eventually(async () => expect(await missionOf(id)).toMatchObject({ state: expected }));

  const before = await missionOf(id);
  await dragOver(page, card, column('Paused'));
  await column('Paused').getByText('Only what runs can be paused.').waitFor();
  await column('Completed').getByText('Missions get here by themselves.').waitFor();
  await page.mouse.up();
  await page.getByText('Only what runs can be paused.').waitFor({ state: 'detached' });
  expect(await missionOf(id)).toEqual(before);

  for (const [name, becomes] of [
    ['Running', 'running'],
    ['Paused', 'paused'],
    ['Running', 'running'],
  ] as const) {
    await dragOver(page, card, column(name));
    await page.mouse.up();
    await state(becomes);
    await column(name).getByRole('heading', { name: title }).waitFor();
  }

  await page.getByRole('button', { name: 'Lanes' }).click();
  const lane = page.getByRole('region', { name: title, exact: true });
  const cell = (name: string) => lane.getByRole('group', { name: `${title}: ${name}` });
  const task = lane.locator('[draggable=true]', { hasText: 'Task weld' });
  const weld = async () => (await tasksOf(id)).find(({ key }) => key === 'weld');
  const waiting = await weld();
  await dragOver(page, task, cell('Accepted'));
  await cell('Accepted').getByText('Only reported work can be accepted, where a person decides.').waitFor();
  await page.mouse.up();
  await cell('Accepted').getByText('Only reported work').waitFor({ state: 'detached' });
  expect(await weld()).toEqual(waiting);

  await dragOver(page, task, cell('Failed or given up'));
  await page.mouse.up();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Give it up' }).click();
  await cell('Failed or given up').getByText('Task weld').waitFor();
  await dragOver(page, task, cell('Waiting'));
  await page.mouse.up();
  await cell('Waiting').getByText('Task weld').waitFor();
  expect(await weld()).toMatchObject({ state: 'waiting' });
  expect(faults).toEqual([]);
  await page.context().close();
}, 240_000);

test('an agent is taught a capability, gets the task that waited for it, and is listed with what it did', async () => {
  const gateway = await workshop.connect('Thatcher');
  gateway.turns.costUsd = 0.25;
  const { id: agentId, concurrency } = await agentOf('Thatcher');
  const { page, faults } = await openAt(`/agents/${agentId}/`);
  const form = page.locator('form').filter({ has: page.getByLabel('Capabilities') });
  const words = form.getByLabel('Capabilities');
  await words.fill('Roof work');
  await words.press('Enter');
  await words.fill('thatching');
  await words.press(',');
  await form.getByLabel('Where it works').selectOption('worktree');
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('Saved').waitFor();
  const violations = await violationsOf(page);
  expect(await agentOf('Thatcher')).toMatchObject({ capabilities: ['roof-work', 'thatching'] });

  await visit(page, '/agents/');
  const row = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: 'Thatcher' }) });
  for (const capability of ['roof-work', 'thatching'])
    await row.getByText(capability, { exact: true }).waitFor();
  await row.getByText(new RegExp(`^0 of ${concurrency} tasks?$`)).waitFor();
  await row.getByText('–', { exact: true }).waitFor();
  await page.reload();
  await row.getByText('roof-work', { exact: true }).waitFor();

  let go: () => void = () => undefined;
  held = new Promise((resolve) => (go = resolve));
  const roof = { key: 'roof', instructions: '# held', requires: ['thatching'] };
  const { id } = await begun('Thatch it', [roof], { acceptance: 'person' });
  await row.getByText(new RegExp(`^1 of ${concurrency} tasks?$`)).waitFor({ timeout: WORK_MS });
  go();
  const { id: taskId, attemptId } = await reported(id);
  await ask(`POST tasks/${taskId}/review`, { attemptId, verdict: 'send-back', comment: 'Once more.' });
  await eventually(async () => expect((await tasksOf(id))[0]?.attempts).toBe(2), { timeoutMs: WORK_MS });
  const again = await reported(id);
  await ask(`POST tasks/${taskId}/review`, { attemptId: again.attemptId, verdict: 'accept' });
  await row.getByText('50 %').waitFor({ timeout: WORK_MS });
  await row.getByText('$0.500', { exact: true }).waitFor({ timeout: WORK_MS });
  await row.getByText(new RegExp(`^0 of ${concurrency} tasks?$`)).waitFor({ timeout: WORK_MS });

  await page.getByRole('link', { name: 'Thatcher' }).click();
  await page.getByText('1 accepted, 1 not').waitFor();
  await page.getByRole('button', { name: 'Back to those of its deployment' }).click();
  await page.getByRole('button', { name: 'Remove thatching' }).waitFor({ state: 'detached' });
  expect((await agentOf('Thatcher')).capabilities).toEqual([]);
  expect(violations).toEqual([]);
  // This gateway has no files and no list of models to give, which is an error of the network to the browser.
  expect(faults.filter((fault) => !fault.includes('422'))).toEqual([]);
  await page.context().close();
}, 400_000);
