import { describe, expect, test } from '@jest/globals';
import { permissionsOf, type Permission } from '@aether/contracts/permissions';
import type { Role } from '@aether/contracts/schemas';
import { eventually } from '@aether/testing/eventually';
import { ask } from './ask.js';
import { openPage, signIn, visit, type Page } from './browser.js';
import { useConsole } from './console-under-test.js';

interface Act {
  readonly at: string;
  readonly role: 'link' | 'button';
  readonly name: string;
  readonly needs: Permission;
  /** The call behind it; what it sends is wrong, so that nothing comes of it where it is allowed. */
  readonly call: string;
}

const acts: readonly Act[] = [
  { at: '/', role: 'link', name: 'New mission', needs: 'missions:write', call: 'POST missions' },
  { at: '/missions/', role: 'link', name: 'New mission', needs: 'missions:write', call: 'POST missions' },
  {
    at: '/agents/',
    role: 'link',
    name: 'Deploy an agent',
    needs: 'deployments:write',
    call: 'POST deployments',
  },
  {
    at: '/deployments/',
    role: 'link',
    name: 'Deploy an agent',
    needs: 'deployments:write',
    call: 'POST deployments',
  },
  { at: '/chats/', role: 'button', name: 'New chat', needs: 'chats:write', call: 'POST chats' },
  {
    at: '/settings/?section=connections',
    role: 'button',
    name: 'Connect a gateway',
    needs: 'connections:write',
    call: 'POST connections',
  },
  {
    at: '/settings/?section=keys',
    role: 'button',
    name: 'New key',
    needs: 'api-keys:write',
    call: 'POST api-keys',
  },
  {
    at: '/settings/?section=people',
    role: 'button',
    name: 'Invite',
    needs: 'users:write',
    call: 'POST invitations',
  },
  {
    at: '/settings/?section=models',
    role: 'button',
    name: 'Add a provider',
    needs: 'models:write',
    call: 'POST providers',
  },
  {
    at: '/settings/?section=budgets',
    role: 'button',
    name: 'Save bounds',
    needs: 'settings:write',
    call: 'PUT budgets',
  },
];

/** Forms that nobody is led to without the permission, but whose address may be known. */
const forms: readonly { readonly at: string; readonly needs: Permission }[] = [
  { at: '/missions/new/', needs: 'missions:write' },
  { at: '/deployments/new/', needs: 'deployments:write' },
];

/** Parts of the settings, as the list beside them names them. */
const sections: readonly (readonly [string, Permission])[] = [
  ['Profile', 'account:read'],
  ['API keys', 'api-keys:read'],
  ['People', 'users:read'],
  ['Connections', 'connections:read'],
  ['Model providers', 'models:read'],
  ['Budgets and limits', 'usage:read'],
];

describe.each<Role>(['viewer', 'operator', 'admin'])('somebody who is %s', (role) => {
  const system = useConsole();
  const may = (permission: Permission) => permissionsOf(role).has(permission);

  /** The page of a new person of this role, invited by the one who set the system up. */
  async function open(): Promise<Page> {
    const { machine, browser } = system();
    const email = `${role}@example.org`;
    const { token } = await ask<{ token: string }>(machine, 'POST invitations', { email, role });
    const account = { email, password: `a long password of ${role}` };
    await ask(machine, 'POST invitations/accept', { token, name: role, password: account.password });
    const { page } = await openPage(browser, machine);
    await signIn(page, account);
    return page;
  }

  test('sees exactly the acts and the settings of that role, and may do just these', async () => {
    const page = await open();
    const { machine } = system();
    const seen: string[] = [];
    const allowed: string[] = [];
    for (const { at, role: kind, name, needs, call } of acts) {
      await visit(page, at);
      if ((await page.getByRole(kind, { name, exact: true }).count()) > 0) seen.push(`${at} ${name}`);
      const [method = '', path = ''] = call.split(' ');
      const answer = await page.request.fetch(`/api/v1/${path}`, {
        method,
        headers: { origin: machine.url },
        data: { unheardOf: true },
      });
      expect([call, answer.status()]).toEqual([call, may(needs) ? 400 : 403]);
      if (answer.status() !== 403) allowed.push(`${at} ${name}`);
    }
    const expected = acts.filter(({ needs }) => may(needs)).map(({ at, name }) => `${at} ${name}`);
    expect({ seen, allowed }).toEqual({ seen: expected, allowed: expected });

    await visit(page, '/settings/');
    const list = page.getByRole('navigation', { name: 'Settings' });
    for (const [name, needs] of sections)
      expect([name, await list.getByRole('button', { name }).count()]).toEqual([name, may(needs) ? 1 : 0]);
    await page.context().close();
  });

  test('is offered by a mission and by the commands only what that role may do', async () => {
    const { machine, browser } = system();
    const { id } = await ask<{ id: string }>(machine, 'POST missions', { goal: 'Something', plan: false });
    const { page } = await openPage(browser, machine);
    await signIn(page, { email: `${role}@example.org`, password: `a long password of ${role}` });
    await visit(page, `/missions/${id}/?view=list`);
    const offered = may('missions:write') ? 1 : 0;
    for (const name of ['Ask for a plan', 'Cancel', 'Add a task'])
      expect([name, await page.getByRole('button', { name }).count()]).toEqual([name, offered]);
    await page.keyboard.press('c');
    if (offered) await page.getByLabel('What should be done?').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    expect(await page.getByRole('option', { name: 'New mission' }).count()).toBe(offered);
    expect(new URL(page.url()).pathname).toBe(offered ? '/missions/new/' : `/missions/${id}/`);
    await page.context().close();
  });

  test('finds the forms closed to that role closed, also by their address', async () => {
    const { machine, browser } = system();
    const { page } = await openPage(browser, machine);
    await signIn(page, { email: `${role}@example.org`, password: `a long password of ${role}` });
    const closed = page.getByRole('heading', { name: 'This is not open to you' });
    const fields = page.getByRole('textbox');
    for (const { at, needs } of forms) {
      await visit(page, at);
      await closed.or(fields).first().waitFor();
      const seen = { isClosed: (await closed.count()) > 0, hasForm: (await fields.count()) > 0 };
      expect([at, seen]).toEqual([at, { isClosed: !may(needs), hasForm: may(needs) }]);
    }
    await page.context().close();
  });

  test('ends a session of their own only after a question', async () => {
    const { machine, browser } = system();
    const { page } = await openPage(browser, machine);
    await signIn(page, { email: `${role}@example.org`, password: `a long password of ${role}` });
    await visit(page, '/settings/?section=sessions');
    const end = page.getByRole('main').getByRole('button', { name: 'End', exact: true });
    const before = await end.count();
    expect(before).toBeGreaterThan(0);
    const question = page.getByRole('alertdialog');
    await end.first().click();
    await question.getByRole('button', { name: 'Keep it' }).click();
    await question.waitFor({ state: 'detached' });
    expect(await end.count()).toBe(before);
    await end.first().click();
    await question.getByRole('button', { name: 'End it' }).click();
    await eventually(async () => expect(await end.count()).toBe(before - 1));
    await page.context().close();
  });
});
