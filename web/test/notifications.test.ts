import { expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { ask } from './ask.js';
import { openPage, signIn, violationsOf, visit, type Page } from './browser.js';
import { admin, useConsole } from './console-under-test.js';

const system = useConsole();

/** A mission whose plan waits for a person. */
async function propose(goal: string): Promise<string> {
  const { id } = await ask<{ id: string }>(system().machine, 'POST missions', { goal });
  await eventually(
    async () =>
      expect((await ask<{ state: string }>(system().machine, `GET missions/${id}`)).state).toBe('proposed'),
    { timeoutMs: 60_000 },
  );
  return id;
}

const bell = (page: Page, unread: number) =>
  page.getByRole('banner').getByRole('button', {
    name: unread > 0 ? `Notifications, ${unread} unread` : 'Notifications',
    exact: true,
  });

test('the bell tells of a plan that waits, leads to it, and of what came while nobody was there', async () => {
  const { page, faults } = await openPage(system().browser, system().machine);
  await signIn(page, admin);
  faults.length = 0;
  await visit(page, '/agents/');
  const first = await propose('The first page\n- write first.txt: one');
  await bell(page, 1).click();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('link', { name: 'The first page' }).click();
  await page.waitForURL(`**/missions/${first}/`);
  await bell(page, 0).waitFor();

  await page.goto('about:blank');
  await propose('The second page\n- write second.txt: two');
  await visit(page, '/agents/');
  await bell(page, 1).click();
  const list = page.getByRole('dialog');
  await list.getByRole('link', { name: 'The second page' }).waitFor();
  await list.getByRole('button', { name: 'Mark all as read' }).click();
  await bell(page, 0).waitFor();

  await ask(system().machine, `POST missions/${first}/cancel`, {});
  await list.getByText('settled').waitFor();

  await list.getByRole('button', { name: 'Empty the list' }).click();
  await list.getByText('Nothing to tell.').waitFor();
  await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
  await page.getByText('It is back.').waitFor();
  await page.keyboard.press('Escape');
  await bell(page, 0).click();
  await list.getByRole('link', { name: 'The second page' }).waitFor();
  expect(faults).toEqual([]);
  await page.context().close();
});

test('the browser shows what was chosen, once it was switched on, and only to who looks at something else', async () => {
  const { page } = await openPage(system().browser, system().machine);
  await page.context().grantPermissions(['notifications']);
  await signIn(page, admin);
  await visit(page, '/settings/?section=notifications');
  await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByRole('button', { name: 'Switch off' }).waitFor();
  const shown = () =>
    page.evaluate<{ title: string; href: string }[]>(
      `navigator.serviceWorker.ready.then((worker) => worker.getNotifications())
        .then((all) => all.map(({ title, data }) => ({ title, href: data.href })))`,
    );
  await propose('Seen at once\n- write seen.txt: one');
  await bell(page, 1).waitFor();
  // Playwright lets every page believe that it is looked at.
  await page.evaluate('document.hasFocus = () => false');
  const id = await propose('Seen elsewhere\n- write elsewhere.txt: two');
  await eventually(async () =>
    expect(await shown()).toEqual([{ title: 'Seen elsewhere', href: `/missions/${id}/` }]),
  );
  await page.getByRole('checkbox', { name: 'A plan waits for approval: browser' }).uncheck();
  await page.getByRole('checkbox', { name: 'A plan waits for approval: bell' }).uncheck();
  await bell(page, 0).waitFor();
  await propose('Not wanted\n- write not.txt: three');
  await page.getByRole('checkbox', { name: 'A plan waits for approval: bell' }).check();
  await bell(page, 3).waitFor();
  expect((await shown()).map(({ title }) => title)).toEqual(['Seen elsewhere']);
  await page.context().close();
});
