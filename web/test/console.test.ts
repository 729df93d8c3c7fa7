import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { ask } from './ask.js';
import { openPage, signIn, violationsOf, visit } from './browser.js';
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
  }, 90_000);

  test.each(['light', 'dark'] as const)(
    'no screen has an error in its console or a fault of access, in %s colours',
    async (colours) => {
      const { page, faults } = await openPage(system().browser, { url: system().machine.url, colours });
      await signIn(page, admin);
      // The door asks who is there before anybody is.
      faults.length = 0;
      const violations: string[] = [];
      const goal = { goal: 'A mission to look at', plan: false };
      const { id } = await ask<{ id: string }>(system().machine, 'POST missions', goal);
      for (const path of [...Object.values(screens), `/missions/${id}/`]) {
        await visit(page, path);
        violations.push(...(await violationsOf(page)));
      }
      expect({ faults, violations }).toEqual({ faults: [], violations: [] });
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
  }, 120_000);

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
  }, 120_000);
});
