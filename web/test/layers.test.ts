import { expect, test } from '@jest/globals';
import { ask } from './ask.js';
import { faultsOf, openPage, signIn, tooWideIn, visit, type Page } from './browser.js';
import { admin, useConsole } from './console-under-test.js';

const system = useConsole();

/** What opens over a screen: where, by which acts, and what is there then. */
interface Layer {
  readonly name: string;
  readonly at: string;
  readonly open: (page: Page) => Promise<void>;
}

const dialog = (page: Page, name: string) => page.getByRole('dialog', { name }).waitFor();
const byButton = (at: string, button: string, title: string): Layer => ({
  name: title,
  at,
  open: async (page) => {
    await page.getByRole('button', { name: button, exact: true }).click();
    await dialog(page, title);
  },
});
/** A question that an act of a menu asks. */
const byMenu = (at: string, menu: string, act: string): Layer => ({
  name: act,
  at,
  open: async (page) => {
    await page.getByRole('button', { name: menu }).first().click();
    await page.getByRole('menuitem', { name: act, exact: true }).click();
    await page.getByRole('alertdialog').waitFor();
  },
});

const layers = (mission: string): readonly Layer[] => [
  byButton('/', 'Commands (Ctrl K)', 'Commands'),
  {
    name: 'commands that were searched',
    at: '/missions/',
    open: async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').fill('mission to look');
      await page.getByRole('option', { name: /^Ask Jason “/ }).waitFor();
    },
  },
  {
    name: 'shortcuts',
    at: '/',
    open: async (page) => {
      await page.keyboard.press('?');
      await dialog(page, 'Shortcuts');
    },
  },
  {
    name: 'Jason',
    at: '/missions/',
    open: async (page) => {
      await page.getByRole('button', { name: 'Jason (J)' }).click();
      await page
        .getByRole('complementary', { name: 'Jason' })
        .getByRole('textbox')
        .and(page.locator(':enabled'))
        .waitFor();
    },
  },
  byButton('/agents/', 'Notifications', 'Notifications'),
  {
    name: 'account',
    at: '/',
    open: async (page) => {
      await page
        .getByRole('button', { name: /^Account of/ })
        .and(page.locator(':visible'))
        .click();
      await page.getByRole('menu').waitFor();
    },
  },
  byButton('/settings/?section=keys', 'New key', 'New API key'),
  byButton('/settings/?section=people', 'Invite', 'Invite somebody'),
  byButton('/settings/?section=models', 'Add a provider', 'Add a provider'),
  byButton('/settings/?section=connections', 'Connect a gateway', 'Connect a gateway'),
  byButton('/chats/', 'New chat', 'New chat'),
  byButton(`/missions/${mission}/?view=list`, 'Add a task', 'Add a task'),
  byMenu('/settings/?section=keys', 'Acts for looked at', 'Revoke'),
  byMenu('/settings/?section=people', 'Acts for Looked at', 'Delete'),
  {
    name: 'delete of a mission',
    at: `/missions/${mission}/`,
    open: async (page) => {
      await page.getByRole('button', { name: 'Cancel', exact: true }).click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
];

/** Somebody and something to be asked about. */
async function prepare(): Promise<string> {
  const { machine } = system();
  await ask(machine, 'POST api-keys', { name: 'looked at', role: 'viewer' });
  const { items } = await ask<{ items: { name: string }[] }>(machine, 'GET users');
  if (!items.some(({ name }) => name === 'Looked at')) {
    const invited = { email: 'looked@example.org', role: 'viewer' };
    const { token } = await ask<{ token: string }>(machine, 'POST invitations', invited);
    const them = { token, name: 'Looked at', password: 'a long enough password' };
    await ask(machine, 'POST invitations/accept', them);
  }
  const goal = { goal: 'A mission to look at', plan: false };
  return (await ask<{ id: string }>(machine, 'POST missions', goal)).id;
}

test.each([
  ['light', 1440],
  ['dark', 1440],
  ['dark', 390],
] as const)(
  'nothing that opens over a screen has a fault, in %s colours at %d pixels',
  async (colours, widthPx) => {
    const { machine, browser } = system();
    const mission = await prepare();
    const opened = await openPage(browser, { url: machine.url, colours });
    const { page } = opened;
    await page.setViewportSize({ width: widthPx, height: 844 });
    await signIn(page, admin);
    opened.faults.length = 0;
    const found: Record<string, string[]> = {};
    for (const { name, at, open } of layers(mission)) {
      await visit(page, at);
      await open(page);
      const faults = [...(await tooWideIn(page)), ...(await faultsOf(opened))];
      if (faults.length > 0) found[name] = faults;
    }
    expect(found).toEqual({});
    await page.context().close();
  },
  300_000,
);

test('screens with little room between their rows have no fault either', async () => {
  const { machine, browser } = system();
  const mission = await prepare();
  const opened = await openPage(browser, { url: machine.url, colours: 'dark' });
  const { page } = opened;
  await signIn(page, admin);
  await visit(page, '/settings/?section=appearance');
  await page.getByText('Compact', { exact: true }).click();
  await page.locator('html[data-density=compact]').waitFor();
  opened.faults.length = 0;
  const faults: string[] = [];
  for (const path of [
    '/settings/?section=appearance',
    '/',
    ...['board', 'lanes', 'table'].map((view) => `/missions/?as=${view}`),
    ...['graph', 'list', 'timeline', 'thread', 'overview'].map(
      (view) => `/missions/${mission}/?view=${view}`,
    ),
    '/agents/',
    '/chats/',
    '/deployments/',
    '/system/',
    '/system/?tab=events',
    '/settings/?section=people',
  ]) {
    await visit(page, path);
    expect(await page.locator('html[data-density=compact]').count()).toBe(1);
    faults.push(...(await faultsOf(opened)));
  }
  expect(faults).toEqual([]);
  await page.context().close();
}, 240_000);
