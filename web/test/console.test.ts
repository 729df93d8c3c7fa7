import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { ask } from './ask.js';
import { faultsOf, openPage, signIn, violationsOf, visit } from './browser.js';
import { admin, useConsole } from './console-under-test.js';

const screens = JSON.parse(
  readFileSync(new URL('../scripts/screens.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;

describe('the console of a real system', () => {
  const system = useConsole();

  test('a wrong password is told, and the right one leads to the address asked for', async () => {
    const { page } = await openPage(system().browser, system().machine);
    await page.goto('/settings/?section=about');
    await page.getByLabel('E-mail').fill(admin.email);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The e-mail address or the password is wrong.').waitFor();
    await page.getByLabel('Password').fill(admin.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'About' }).waitFor();
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)(
    'no screen has an error in its console or a fault of access, in %s colours',
    async (colours) => {
      const opened = await openPage(system().browser, { url: system().machine.url, colours });
      const { page } = opened;
      await signIn(page, admin);
      // The door asks who is there before anybody is.
      opened.faults.length = 0;
      const faults: string[] = [];
      const goal = { goal: 'A mission to look at', plan: false };
      const { id } = await ask<{ id: string }>(system().machine, 'POST missions', goal);
      for (const path of [...Object.values(screens), `/missions/${id}/`]) {
        await visit(page, path);
        faults.push(...(await faultsOf(opened)));
      }
      expect(faults).toEqual([]);
      await page.context().close();
    },
    240_000,
  );

  test('the link of an invitation lets somebody in, who is offered only what a viewer may do', async () => {
    const { page } = await openPage(system().browser, system().machine);
    await signIn(page, admin);
    await visit(page, '/settings/?section=people');
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByLabel('E-mail').fill('viewer@example.org');
    await page.getByLabel('Role', { exact: true }).selectOption('viewer');
    await page.getByRole('button', { name: 'Make link' }).click();
    const link = await page.getByRole('dialog').locator('pre').innerText();
    expect(link).toContain(`${system().machine.url}/invite/#token=`);
    const { page: guest } = await openPage(system().browser, system().machine);
    await guest.goto(link);
    await guest.getByLabel('Name').fill('Vera');
    await guest.getByLabel('Password').fill('another long password');
    await guest.locator('form button[type=submit]').click();
    await eventually(() => expect(new URL(guest.url()).pathname).not.toBe('/invite/'));
    if (new URL(guest.url()).pathname === '/sign-in/')
      await signIn(guest, { email: 'viewer@example.org', password: 'another long password' });
    await visit(guest, '/settings/');
    expect(await guest.getByRole('button', { name: 'Profile' }).count()).toBe(1);
    expect(await guest.getByRole('button', { name: 'People' }).count()).toBe(0);
    await visit(guest, '/missions/');
    expect(await guest.getByRole('link', { name: 'New mission' }).count()).toBe(0);
    await Promise.all([page.context().close(), guest.context().close()]);
  });

  test('a key is shown once, works, and is refused once it is revoked', async () => {
    const { page } = await openPage(system().browser, system().machine);
    await signIn(page, admin);
    await visit(page, '/settings/?section=keys');
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill('build server');
    await page.getByRole('button', { name: 'Make key' }).click();
    const key = (await page.getByRole('dialog').locator('pre').innerText()).trim();
    const status = async () =>
      (await fetch(`${system().machine.url}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } }))
        .status;
    expect(await status()).toBe(200);
    await page.getByLabel('I have kept it').check();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByText('build server').waitFor();
    expect(await page.content()).not.toContain(key);
    await page.getByRole('button', { name: 'Acts for build server' }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await page.getByRole('button', { name: 'Revoke key' }).click();
    await eventually(async () => expect(await status()).toBe(401));
    await page.context().close();
  });

  test('a rotated key is shown once, and the old one works on for its last hour', async () => {
    const { machine } = system();
    const made = await ask<{ key: string }>(machine, 'POST api-keys', { name: 'nightly', role: 'viewer' });
    const status = async (key: string) =>
      (await fetch(`${machine.url}/api/v1/me`, { headers: { authorization: `Bearer ${key}` } })).status;
    const { page } = await openPage(system().browser, machine);
    await signIn(page, admin);
    await visit(page, '/settings/?section=keys');
    await page.getByRole('button', { name: 'Acts for nightly' }).click();
    await page.getByRole('menuitem', { name: 'Rotate: the old one works one hour more' }).click();
    const dialog = page.getByRole('dialog', { name: 'Your new key' });
    const key = (await dialog.locator('pre').innerText()).trim();
    expect(key).not.toBe(made.key);
    expect(await violationsOf(page)).toEqual([]);
    // It stays until somebody says that the key is kept.
    await page.keyboard.press('Escape');
    expect(await dialog.getByRole('button', { name: 'Close' }).isDisabled()).toBe(true);
    await dialog.getByLabel('I have kept it').check();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.content()).not.toContain(key);
    const old = page.getByRole('listitem').filter({ hasText: 'nightly' }).filter({ hasText: 'Replaced' });
    await old.getByText(/ends in/).waitFor();
    expect([await status(made.key), await status(key)]).toEqual([200, 200]);

    await old.getByRole('button', { name: 'Acts for nightly' }).click();
    await page.getByRole('menuitem', { name: 'Revoke' }).click();
    await page.getByRole('button', { name: 'Revoke key' }).click();
    await eventually(async () => expect(await status(made.key)).toBe(401));
    expect(await status(key)).toBe(200);
    await page.context().close();
  });

  test('somebody whose role is changed feels it at once in the page that they have open', async () => {
    const { machine, browser } = system();
    const account = { email: 'changing@example.org', password: 'a long enough password' };
    const { token } = await ask<{ token: string }>(machine, 'POST invitations', {
      email: account.email,
      role: 'operator',
    });
    const them = { token, name: 'Changing', password: account.password };
    await ask(machine, 'POST invitations/accept', them);
    const { page: theirs } = await openPage(browser, machine);
    await signIn(theirs, account);
    await visit(theirs, '/missions/');
    const begin = theirs.getByRole('banner').getByRole('link', { name: 'New mission' });
    await begin.waitFor();
    const { page } = await openPage(browser, machine);
    await signIn(page, admin);
    await visit(page, '/settings/?section=people');
    const role = page.getByLabel('Role of Changing');
    await role.selectOption('viewer');
    await begin.waitFor({ state: 'detached' });
    await theirs.locator('[data-connection=live]').waitFor();
    await role.and(page.locator(':enabled')).selectOption('operator');
    await begin.waitFor();
    await role.and(page.locator(':enabled')).selectOption('admin');
    await visit(theirs, '/settings/?section=people');
    await theirs.getByRole('button', { name: 'Invite' }).waitFor();
    await page.getByRole('button', { name: 'Acts for Changing' }).click();
    await page.getByRole('menuitem', { name: 'End all sessions' }).click();
    await page.getByRole('button', { name: 'End sessions' }).click();
    await theirs.getByLabel('Password').waitFor();
    await Promise.all([page, theirs].map((each) => each.context().close()));
  });
});
