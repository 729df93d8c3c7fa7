import { expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { openPage, signIn, startOwnBrowser, violationsOf, visit, type Page } from './browser.js';
import { admin, useConsole } from './console-under-test.js';
import { Network } from './network.js';

const system = useConsole();

/** As for a machine that is still busy with its start. */
const SLOW = { timeoutMs: 30_000 };

interface Manifest {
  readonly name: string;
  readonly start_url: string;
  readonly display: string;
  readonly icons: readonly { readonly src: string; readonly sizes: string; readonly purpose?: string }[];
}

/** Waits until the worker of the console answers for the page. */
const isControlled = (page: Page) =>
  page.evaluate(`navigator.serviceWorker.ready.then(() => new Promise((resolve) => {
    const look = () => navigator.serviceWorker.controller && resolve(true);
    navigator.serviceWorker.addEventListener('controllerchange', look);
    look();
  }))`);

test('the console is an application that the browser offers to install, with every icon that it names', async () => {
  const context = await startOwnBrowser(system().machine.url);
  const page = await context.newPage();
  await signIn(page, admin);
  await visit(page, '/');
  await isControlled(page);
  const devtools = await context.newCDPSession(page);
  const { url, errors, data } = await devtools.send('Page.getAppManifest');
  expect([new URL(url).pathname, errors]).toEqual(['/manifest.webmanifest', []]);
  const manifest = JSON.parse(data ?? '') as Manifest;
  expect(manifest).toMatchObject({ name: 'Aether Orchestrator', start_url: '/', display: 'standalone' });
  expect(manifest.icons.map(({ purpose }) => purpose)).toContain('maskable');
  for (const { src, sizes } of manifest.icons) {
    const width = await page.evaluate<number>(
      `new Promise((resolve, reject) => {
        const image = new Image();
        image.onload = () => resolve(image.naturalWidth);
        image.onerror = () => reject(new Error('${src} does not load'));
        image.src = '${src}';
      })`,
    );
    if (sizes === 'any') expect(width).toBeGreaterThan(0);
    else expect(`${width}x${width}`).toBe(sizes);
  }
  await eventually(async () => {
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    expect(installabilityErrors).toEqual([]);
  }, SLOW);
  await context.close();
});

test('without a network an open page is there to be read only, and one that is opened says so and goes on by itself', async () => {
  const network = new Network(system().machine.port);
  await network.join();
  const { page } = await openPage(system().browser, network);
  await signIn(page, admin);
  await visit(page, '/system/');
  await isControlled(page);
  await visit(page, '/missions/new/');
  await page.getByLabel('What should be done?').fill('Something');
  const begin = page.getByRole('button', { name: 'Make a plan' });
  await begin.and(page.locator(':enabled')).waitFor();

  const banner = page.getByRole('alert').filter({ hasText: 'The connection is lost.' });
  await network.cut();
  await banner.waitFor();
  expect(await begin.isDisabled()).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
  await network.join();
  await banner.waitFor({ state: 'detached' });
  await begin.and(page.locator(':enabled')).waitFor();
  expect(await page.getByLabel('What should be done?').inputValue()).toBe('Something');

  await network.cut();
  for (const path of ['/system/', '/']) {
    await page.goto(path);
    await banner.waitFor();
    await page.getByText('Aether cannot be reached.').waitFor();
    expect(await violationsOf(page)).toEqual([]);
  }
  await network.join();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  await page.locator('[data-connection=live]').waitFor();
  expect(await banner.count()).toBe(0);
  await page.context().close();
  await network.cut();
});
