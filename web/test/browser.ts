import { environment } from '@aether/testing/config';
import { eventually } from '@aether/testing/eventually';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

export type { Browser, Page };

const launch = {
  /** Debian's; another by `CHROMIUM_BIN`. */
  executablePath: environment['CHROMIUM_BIN'] ?? '/usr/bin/chromium',
  // Chromium refuses its sandbox to root, and CI runs as root.
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
};

/** For what comes within a second where a machine has nothing else to do. */
const PATIENCE_MS = 90_000;

export const startBrowser = (): Promise<Browser> => chromium.launch(launch);

/** A browser of somebody who uses it every day: others are private windows, in which nothing can be installed. */
export const startOwnBrowser = (url: string): Promise<BrowserContext> =>
  chromium.launchPersistentContext('', { ...launch, baseURL: url });

export interface Opened {
  readonly page: Page;
  /** What the page wrote to its console as errors, and what was thrown in it. */
  readonly faults: string[];
}

export interface Look {
  readonly colours?: 'light' | 'dark';
  /** Without its service worker a page asks for all by itself, so that a test can hold it up. */
  readonly serviceWorkers?: 'allow' | 'block';
}

/** A page of somebody new: with no session and no choices kept. */
export async function openPage(
  browser: Browser,
  { url, colours = 'light', serviceWorkers = 'allow' }: Look & { url: string },
): Promise<Opened> {
  const context = await browser.newContext({
    baseURL: url,
    colorScheme: colours,
    serviceWorkers,
    reducedMotion: 'reduce',
    viewport: { width: 1440, height: 900 },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  await context.addInitScript({ content: axe.source });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`${page.url()}: ${message.text()} ${message.location().url}`);
  });
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`));
  return { page, faults };
}

export async function signIn(page: Page, account: { email: string; password: string }): Promise<void> {
  await page.goto('/sign-in/');
  await page.getByLabel('E-mail').fill(account.email);
  await page.getByLabel('Password').fill(account.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

/** Opens a screen and waits until it has read what it shows, and is told of what changes. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator('[data-connection=live]').waitFor();
  await eventually(async () => {
    const loading = await page.getByRole('status', { name: 'Loading' }).count();
    if (loading > 0) throw new Error(`${path} still loads`);
  });
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What fades in has its colours only at the end. */
const STILL = `Promise.allSettled(document.getAnimations()
  .filter((animation) => Number.isFinite(animation.effect.getComputedTiming().endTime))
  .map((animation) => animation.finished)).then(() => true)`;

/** What is against WCAG 2.2 AA, as far as a program finds it. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(STILL);
  const found = await page.evaluate<Violation[]>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(({ violations }) => violations)`,
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${page.url()}: ${id}: ${failureSummary} ${html}`),
  );
}

/** Faults of access that the page has now, and all that went wrong in it since it was last asked. */
export async function faultsOf({ page, faults }: Opened): Promise<string[]> {
  const violations = await violationsOf(page);
  return [...faults.splice(0), ...violations];
}

/** What reaches out of the document, the head or the content to the right; these hide it or scroll sideways. */
const TOO_WIDE = `[document.documentElement, ...document.querySelectorAll('header, #content')]
  .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
  .flatMap((whole) => [...whole.querySelectorAll('*')]
    .filter((part) => part.getBoundingClientRect().right > innerWidth)
    .map((part) => part.outerHTML.slice(0, 200)))`;

/** Parts of a page that is wider than its window. */
export const tooWideIn = (page: Page): Promise<string[]> => page.evaluate<string[]>(TOO_WIDE);
