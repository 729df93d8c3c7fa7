// Draws every screen of a running system at three widths in both themes, to be looked at by people:
//   npm run render -w web -- --url http://127.0.0.1:7420 --email you@example.org --password … --out /tmp/screens
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:7420' },
    email: { type: 'string' },
    password: { type: 'string' },
    out: { type: 'string', default: 'screens' },
    chromium: { type: 'string', default: '/usr/bin/chromium' },
    /** Only screens whose name has this. */
    only: { type: 'string', default: '' },
    widths: { type: 'string', default: '1440,1024,390' },
    themes: { type: 'string', default: 'light,dark' },
  },
});
const widths = values.widths.split(',').map(Number);
const themes = values.themes.split(',');
const SETTLE_MS = 10_000;

const doors = {
  'sign-in': '/sign-in/',
  setup: '/setup/',
  invite: '/invite/#token=none',
  'sign-in-refused': '/sign-in/callback/?error=access_denied',
  nowhere: '/nowhere/',
};
/** What floats above a screen, with the act that opens it. */
const layers = {
  'layer-palette': ['/', (page) => page.keyboard.press('Control+k')],
  'layer-shortcuts': ['/', (page) => page.keyboard.press('?')],
  'layer-jason': ['/missions/', (page) => page.keyboard.press('j')],
  'layer-notifications': ['/', (page) => page.getByRole('button', { name: /^Notifications/ }).click()],
  'layer-key': ['/settings/?section=keys', (page) => page.getByRole('button', { name: 'New key' }).click()],
  'layer-invitation': [
    '/settings/?section=people',
    (page) => page.getByRole('button', { name: 'Invite' }).click(),
  ],
};
/** Those that need nothing in the system; the tests look at them too. */
const screens = JSON.parse(await readFile(new URL('screens.json', import.meta.url), 'utf8'));

/** The newest mission, task, agent, chat and deployment that the system has, each in all its views. */
async function screensOfThings(page) {
  const newest = async (path) => {
    const response = await page.request.get(`/api/v1/${path}`);
    return response.ok() ? (await response.json()).items[0] : undefined;
  };
  const [mission, agent, chat, deployment] = await Promise.all(
    ['missions?limit=1', 'pool', 'chats?limit=1', 'deployments?limit=1'].map(newest),
  );
  const task = mission && (await newest(`tasks?missionId=${mission.id}&limit=1`));
  const views = (name, path, tabs) =>
    Object.fromEntries(tabs.map((tab) => [`${name}-${tab}`, `${path}?view=${tab}`]));
  return {
    ...(mission &&
      views('mission', `/missions/${mission.id}/`, [
        'graph',
        'list',
        'timeline',
        'merges',
        'thread',
        'overview',
      ])),
    ...(task && { task: `/missions/${mission.id}/?task=${task.id}` }),
    ...(agent && { agent: `/agents/${agent.id}/` }),
    ...(chat && { chat: `/chats/${chat.id}/` }),
    ...(deployment &&
      views('deployment', `/deployments/${deployment.id}/`, ['timeline', 'logs', 'figures', 'config'])),
  };
}

async function draw(page, name, [path, open]) {
  // Another screen between them, so that an address that differs by its fragment only is opened anew.
  await page.goto('about:blank');
  await page.goto(path);
  const settled = async () => {
    await page.waitForLoadState('networkidle', { timeout: SETTLE_MS });
    await page
      .getByRole('status', { name: 'Loading' })
      .first()
      .waitFor({ state: 'detached', timeout: SETTLE_MS });
  };
  // Screens that never come to rest are drawn as they are.
  await settled().catch(() => undefined);
  await open?.(page);
  await page.screenshot({ path: join(values.out, `${name}.png`) });
}

await mkdir(values.out, { recursive: true });
const browser = await chromium.launch({
  executablePath: values.chromium,
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
const chosen = (all) => Object.entries(all).filter(([name]) => name.includes(values.only));
for (const theme of themes) {
  const context = await browser.newContext({
    baseURL: values.url,
    colorScheme: theme,
    reducedMotion: 'reduce',
    serviceWorkers: 'block',
  });
  const page = await context.newPage();
  const drawAll = async (all) => {
    for (const width of widths) {
      await page.setViewportSize({ width, height: width < 500 ? 844 : 900 });
      for (const [name, path] of chosen(all)) await draw(page, `${name}-${width}-${theme}`, [path].flat());
    }
  };
  await drawAll(doors);
  if (values.email) {
    await page.goto('/sign-in/');
    await page.getByLabel('E-mail').fill(values.email);
    await page.getByLabel('Password').fill(values.password ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('navigation', { name: 'Main' }).waitFor();
    await drawAll({ ...screens, ...(await screensOfThings(page)), ...layers });
  }
  await context.close();
}
await browser.close();
console.log(`Everything is drawn in ${values.out}.`);
