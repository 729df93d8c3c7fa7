import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startIdentityProvider, type IdentityProviderUnderTest } from '@aether/testing/identity-provider';
import { Machine } from '../../cli/test/machine.js';
import { faultsOf, openPage, startBrowser, tooWideIn, violationsOf, visit, type Browser } from './browser.js';

let machine: Machine;
let provider: IdentityProviderUnderTest;
let browser: Browser;
let setupUrl: string;

beforeAll(async () => {
  machine = await Machine.make();
  provider = await startIdentityProvider(machine.url);
  provider.people.set('root', { email: 'root@example.org', email_verified: true, name: 'Root' });
  provider.people.set('ada', { email: 'ada@members.example', email_verified: true, name: 'Ada' });
  ({ setupUrl } = await machine.ask<{ setupUrl: string }>(['up', '--detach'], {
    environment: provider.environment,
  }));
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await machine.remove();
  await provider.stop();
});

/** A browser in which this person is known to the provider; nobody is where there is no name. */
async function browserOf(subject: string | null) {
  const opened = await openPage(browser, machine);
  if (subject)
    await opened.page.context().addCookies([{ name: 'subject', value: subject, url: provider.issuer }]);
  return opened;
}

/** Faults of a page that is open to everybody, once it has this button: on a desk in light colours, on a phone in dark. */
async function lookAt(path: string, button: string): Promise<string[]> {
  const found: string[] = [];
  for (const [colours, width] of [
    ['light', 1440],
    ['dark', 390],
  ] as const) {
    const opened = await openPage(browser, { url: machine.url, colours });
    const { page } = opened;
    await page.setViewportSize({ width, height: 844 });
    await page.goto(path);
    await page
      .getByRole('button', { name: button })
      .or(page.getByRole('link', { name: button }))
      .waitFor();
    found.push(...(await tooWideIn(page)), ...(await faultsOf(opened)));
    await page.context().close();
  }
  return found;
}

test('the first account is made by a provider, once who holds the set-up link signs in there', async () => {
  expect(await lookAt(setupUrl, 'Create account')).toEqual([]);
  const { page, faults } = await browserOf(null);
  await page.goto(setupUrl);
  const button = page.getByRole('button', { name: 'Continue with Example' });
  faults.length = 0;
  await button.click();
  await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  await page.getByRole('link', { name: 'Back to set-up' }).click();
  await page.context().addCookies([{ name: 'subject', value: 'root', url: provider.issuer }]);
  faults.length = 0;
  await button.click();
  await page.getByText('Agents as processes').waitFor();
  expect(new URL(page.url()).pathname).toBe('/welcome/');
  await visit(page, '/settings/?section=people');
  await page.getByText('root@example.org').waitFor();
  expect(faults).toEqual([]);
  await page.context().close();
});

/** The token of an invitation that the first administrator makes. */
async function invite(email: string): Promise<string> {
  const { page } = await browserOf('root');
  await page.goto('/settings/?section=people');
  await page.getByRole('button', { name: 'Continue with Example' }).click();
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Make link' }).click();
  const link = await page.getByText('/invite/#token=').textContent();
  await page.context().close();
  return link?.split('#token=')[1] ?? '';
}

test('no page before sign-in has a fault of access or in its console, on a desk or on a phone', async () => {
  const token = await invite('guest@members.example');
  const found = {
    setUp: await lookAt('/setup/', 'Sign in'),
    invitation: await lookAt(`/invite/#token=${token}`, 'Join'),
    signIn: await lookAt('/sign-in/', 'Continue with Example'),
    callback: await lookAt('/sign-in/callback/?code=none&state=none', 'Back to sign-in'),
  };
  expect(found).toEqual({ setUp: [], invitation: [], signIn: [], callback: [] });
  // The browser itself tells of the status of the page.
  const nowhere = await lookAt('/no/such/page/', 'Go home');
  expect(nowhere.filter((fault) => !/404 \(Not Found\) \S+\/no\/such\/page\/$/.test(fault))).toEqual([]);
}, 240_000);

test('somebody whom the provider vouches for is led back to where they wanted to go, signed in', async () => {
  const { page, faults } = await browserOf('ada');
  await page.goto('/settings/?section=sessions');
  const button = page.getByRole('button', { name: 'Continue with Example' });
  await button.waitFor();
  expect(await violationsOf(page)).toEqual([]);
  faults.length = 0;
  await button.click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/settings/');
  expect(page.url()).not.toContain('code=');
  await visit(page, '/settings/?section=profile');
  expect(await page.getByLabel('Name').inputValue()).toBe('Ada');
  expect(faults).toEqual([]);
  await page.context().close();
});

test('who does not sign in there is told so, with the way back', async () => {
  const { page } = await browserOf(null);
  await page.goto('/sign-in/');
  await page.getByRole('button', { name: 'Continue with Example' }).click();
  await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('link', { name: 'Back to sign-in' }).click();
  await page.getByLabel('Password').waitFor();
  await page.context().close();
});

test('attack: an answer of the provider is no use in a browser that did not begin the sign-in', async () => {
  const begun = await fetch(`${machine.url}/api/v1/auth/providers/oidc/sign-in`, { method: 'POST' });
  const { url } = (await begun.json()) as { url: string };
  const answer = await provider.visit(url, 'ada');
  const { page } = await browserOf(null);
  await page.goto(`/sign-in/callback/${answer}`);
  await page.getByText('This sign-in was begun in another tab or browser').waitFor();
  await page.goto('/');
  await page.getByLabel('Password').waitFor();
  await page.context().close();
});
