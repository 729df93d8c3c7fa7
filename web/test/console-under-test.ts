import { afterAll, beforeAll } from '@jest/globals';
import { Machine } from '../../cli/test/machine.js';
import { openPage, signIn, startBrowser, visit, type Browser } from './browser.js';

/** Who set the system up. */
export const admin = { email: 'person@example.org', password: 'a long enough password' };

/** A system of its own without agents, set up by `admin`, and a browser; there from the first test to the last. */
export function useConsole(environment: Readonly<Record<string, string>> = {}) {
  let machine: Machine;
  let browser: Browser;
  beforeAll(async () => {
    machine = await Machine.make();
    await machine.ask(['up', '--detach'], { environment });
    await machine.ask(['setup', '--email', admin.email, '--password-stdin'], { input: admin.password });
    browser = await startBrowser();
  }, 180_000);
  afterAll(async () => {
    await browser.close();
    await machine.remove();
  }, 90_000);
  return () => ({ machine, browser });
}

/** A screen as the administrator sees it, with nothing held against it yet: the first call is refused by a page of nobody. */
export async function openScreen({ machine, browser }: { machine: Machine; browser: Browser }, path: string) {
  const opened = await openPage(browser, machine);
  await signIn(opened.page, admin);
  opened.faults.length = 0;
  await visit(opened.page, path);
  return { ...opened, opened };
}
