import { expect, test } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { eventually } from '@aether/testing/eventually';
import { ask } from './ask.js';
import { faultsOf, type Page } from './browser.js';
import { openScreen, useConsole } from './console-under-test.js';

const system = useConsole();

/** As for a machine that is busy with its start, and for a page that looks every few seconds. */
const SLOW = { timeoutMs: 60_000 };

const openAt = (path: string) => openScreen(system(), path);

interface Told {
  readonly id: string;
  readonly correlationId: string;
}

const jsonIn = async (opened: Locator) =>
  JSON.parse(await opened.getByRole('region', { name: 'JSON of the event' }).innerText()) as Told;

test('events are narrowed by words, by ids and by parts, and one opens to its JSON, its cause and its effects', async () => {
  const { machine } = system();
  const { page, opened } = await openAt('/system/?tab=events');
  const rows = page.getByRole('region', { name: 'Events', exact: true }).getByRole('listitem');
  const words = page.getByLabel('Search events');
  const parts = page.getByRole('group', { name: 'Parts' });
  const textsOf = async () => (await rows.allInnerTexts()).map((text) => text.split('\n')[1]);
  const { id: me } = await ask<{ id: string }>(machine, 'GET me');
  const other = await ask<{ id: string }>(machine, 'POST missions', {
    goal: 'Another matter',
    plan: false,
    budget: { tokens: 1_000_000 },
  });
  const goal = 'A page\n- write page.txt: one';
  const { id } = await ask<{ id: string }>(machine, 'POST missions', { goal });
  await ask(machine, 'POST api-keys', { name: 'for an event', role: 'viewer' });
  await rows.getByText('auth.api-key-created').waitFor();

  await words.fill(other.id);
  await eventually(
    async () => expect(new Set(await textsOf())).toEqual(new Set(['missions.mission-created'])),
    SLOW,
  );
  await page.getByText(/^\d+ of \d+$/).waitFor();
  await words.fill('API-KEY-created');
  await eventually(async () => expect(await textsOf()).toEqual(['auth.api-key-created']), SLOW);
  await words.fill(me);
  await rows.getByText('auth.api-key-created').waitFor();
  await words.fill('');
  await parts.getByRole('button', { name: 'Missions', exact: true }).click();
  await rows
    .getByText(/^missions\./)
    .first()
    .waitFor({ state: 'detached' });
  await rows.getByText('auth.api-key-created').waitFor();
  await parts.getByRole('button', { name: 'Missions', exact: true }).click();

  await words.fill(id);
  const isProposed = rows
    .filter({ hasText: 'missions.mission-changed' })
    .filter({ hasText: '"state":"proposed"' });
  await isProposed.first().waitFor({ timeout: SLOW.timeoutMs });
  expect(await faultsOf(opened)).toEqual([]);
  await rows.filter({ hasText: 'missions.mission-created' }).getByRole('button').click();
  const drawer = page.getByRole('dialog', { name: 'missions.mission-created' });
  const json = await jsonIn(drawer);
  expect(json).toMatchObject({
    event: 'evt.missions.mission-created.v1',
    actorId: expect.any(String),
    data: { mission: { id } },
  });
  expect(json).not.toHaveProperty('causationId');
  const story = page.getByRole('list', { name: 'Events of the same story' }).getByRole('button');
  const itself = story.filter({ hasText: 'missions.mission-created' });
  await itself.and(page.locator('[aria-current=true]')).waitFor();
  for (const part of ['missions.plan-requested', 'missions.mission-changed'])
    await story.filter({ hasText: part }).first().waitFor();
  expect(await faultsOf(opened)).toEqual([]);
  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });

  await ask(machine, `POST missions/${other.id}/cancel`, {});
  await ask(machine, `DELETE missions/${other.id}`);
  await words.fill('deleted');
  await rows.filter({ hasText: 'models.model-budget-deleted' }).getByRole('button').click();
  const isEffect = page.getByRole('dialog', { name: 'models.model-budget-deleted' });
  const effect = await jsonIn(isEffect);
  await story.first().click();
  const cause = await jsonIn(page.getByRole('dialog', { name: 'missions.mission-deleted' }));
  expect(effect).toMatchObject({ causationId: cause.id, correlationId: cause.correlationId });
  await page.context().close();
});

test('a part that hangs is shown with the reason on Home and on System, and as well again once it was killed and started anew', async () => {
  const { machine } = system();
  const { page } = await openAt('/');
  const { page: overview } = await openAt('/system/');
  await page.getByText(/^All \d+ parts are well\.$/).waitFor();
  await overview.getByText('All well', { exact: true }).waitFor();
  const bus = await machine.pidIn('nats', 'nats.pid');
  process.kill(bus, 'SIGSTOP');
  try {
    const part = (shown: Page, name: string) =>
      shown.getByRole('listitem').filter({ hasText: new RegExp(`^${name}`) });
    // The second of two pings that stay without an answer tells that the bus hangs: up to a minute.
    const looks = { timeout: 150_000 };
    await part(overview, 'Message bus').getByText('not connected').waitFor(looks);
    await part(overview, 'Missions').getByText('The message bus is not').waitFor(looks);
    await overview.getByText('Not well', { exact: true }).waitFor(looks);
    await part(page, 'Message bus').getByText('not connected').waitFor(looks);
  } finally {
    process.kill(bus, 'SIGKILL');
  }
  await overview.getByText('All well', { exact: true }).waitFor({ timeout: SLOW.timeoutMs });
  await page.getByText(/^All \d+ parts are well\.$/).waitFor({ timeout: SLOW.timeoutMs });
  expect(await machine.pidIn('nats', 'nats.pid')).not.toBe(bus);
  await Promise.all([page, overview].map((each) => each.context().close()));
}, 240_000);
