import { expect, test } from '@jest/globals';
import { openPage, signIn, violationsOf, visit, type Page } from './browser.js';
import { admin, useConsole } from './console-under-test.js';

const system = useConsole();

/** Answers every reading of a list with a fault, until the returned function is called. */
async function refuse(page: Page, list: string, status: 403 | 500): Promise<() => Promise<void>> {
  const code = status === 403 ? 'forbidden' : 'internal';
  const address = new RegExp(`/api/v1/${list}(?:\\?|$)`);
  await page.route(address, (route) =>
    route.fulfill({
      status,
      json: {
        type: 'about:blank',
        title: 'This went wrong.',
        status,
        detail: `No ${list} were read.`,
        instance: `/api/v1/${list}`,
        code,
        hint: 'Do this about it.',
        correlationId: 'c-1',
      },
    }),
  );
  return () => page.unroute(address);
}

test.each([403, 500] as const)(
  'Home that may not or cannot read a list (%d) says so with code and hint, not that nothing waits',
  async (status) => {
    const { machine, browser } = system();
    const { page } = await openPage(browser, machine);
    await signIn(page, admin);
    const restore = await refuse(page, 'deployments', status);
    await visit(page, '/');
    const fault = page.getByRole('alert').filter({ hasText: 'No deployments were read. Do this about it.' });
    await fault.waitFor();
    expect(await fault.locator('code').textContent()).toBe(status === 403 ? '(forbidden)' : '(internal)');
    expect(await page.getByText('Nothing waits for you.').count()).toBe(0);
    expect(await violationsOf(page)).toEqual([]);
    await restore();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('Nothing waits for you.').waitFor();
    await page.context().close();
  },
  120_000,
);

test.each([
  ['machine/figures', '/system/?tab=figures'],
  ['missions', '/missions/'],
  ['pool', '/agents/'],
] as const)(
  'a failed reading of %s is told in its place, and read when it is tried again',
  async (list, at) => {
    const { machine, browser } = system();
    const { page } = await openPage(browser, machine);
    await signIn(page, admin);
    const restore = await refuse(page, list, 500);
    await visit(page, at);
    const fault = page.getByRole('alert').filter({ hasText: `No ${list} were read. Do this about it.` });
    await fault.getByText('internal · c-1').waitFor();
    await restore();
    await fault.getByRole('button', { name: 'Try again' }).click();
    await fault.waitFor({ state: 'detached' });
    await page.context().close();
  },
  120_000,
);

test('conversations with Jason that cannot be read are told, and a new one may begin', async () => {
  const { machine, browser } = system();
  const { page } = await openPage(browser, machine);
  await signIn(page, admin);
  await refuse(page, 'jason/conversations', 500);
  await visit(page, '/');
  await page.getByRole('button', { name: 'Jason (J)' }).click();
  const jason = page.getByRole('complementary', { name: 'Jason' });
  await jason.getByRole('alert').getByText('internal · c-1').waitFor();
  await jason.getByRole('button', { name: 'New conversation' }).click();
  await jason.getByRole('heading', { name: 'Ask Jason' }).waitFor();
  expect(await jason.getByRole('alert').count()).toBe(0);
  await page.context().close();
});
