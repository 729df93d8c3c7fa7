import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PoolAgent } from '@aether/contracts/execution';
import type { Message } from '@aether/contracts/openclaw';
import { eventually } from '@aether/testing/eventually';
import { Machine } from '../../cli/test/machine.js';
import { Network } from './network.js';
import { ask } from './ask.js';
import { openPage, signIn, startBrowser, violationsOf, visit, type Browser, type Page } from './browser.js';
import { admin } from './console-under-test.js';

const run = promisify(execFile);
const GOAL = [
  'A small page',
  '- write top.txt: the top',
  '- write end.txt: the end',
  '- write spare.txt: nobody needs this',
].join('\n');
/** A gateway that starts on a busy machine took 103 s. */
const AGENT_MS = 240_000;

let machine: Machine;
let browser: Browser;
let repository: string;
let setupUrl: string;

beforeAll(async () => {
  machine = await Machine.make({ agents: true });
  repository = join(machine.directory, 'page');
  await mkdir(repository);
  await writeFile(join(repository, 'README.md'), '# A page\n');
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '.');
  await git('commit', '--quiet', '-m', 'Begin');
  ({ setupUrl } = await machine.ask<{ setupUrl: string }>(['up', '--detach']));
  browser = await startBrowser();
}, 600_000);
afterAll(async () => {
  await browser.close();
  await machine.remove();
});

async function git(...args: string[]): Promise<string> {
  const who = ['-c', 'user.name=Person', '-c', 'user.email=person@example.org'];
  return (await run('git', ['-C', repository, ...who, ...args])).stdout.trim();
}

const node = (page: Page, title: string) => page.locator('.react-flow__node', { hasText: title });

/** Draws an arrow from the right edge of one task to the left edge of another, once both are in their places. */
async function draw(page: Page, from: string, to: string): Promise<void> {
  await node(page, to).waitFor();
  await page.locator('[aria-busy=false] > .react-flow').waitFor();
  await node(page, from).locator('.react-flow__handle.source').hover();
  await page.mouse.down();
  const box = await node(page, to).locator('.react-flow__handle.target').boundingBox();
  if (!box) throw new Error(`the graph does not show ${to}`);
  const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  await page.mouse.move(at.x - 30, at.y - 10, { steps: 5 });
  await page.mouse.move(at.x, at.y, { steps: 5 });
}

async function openTask(page: Page, title: string) {
  await node(page, title).click();
  const drawer = page.getByRole('dialog', { name: title });
  await drawer.waitFor();
  return drawer;
}

test('the first run: account, machine, model, first agent with its steps, and a chat that answers', async () => {
  const { page, faults } = await openPage(browser, machine);
  await page.goto(setupUrl);
  await page.getByLabel('E-mail').fill(admin.email);
  await page.getByLabel('Name').fill('Ada');
  await page.getByLabel('Password').fill(admin.password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByText('Agents as processes').waitFor();
  faults.length = 0;
  await machine.ask(['login', '--email', admin.email, '--password-stdin'], { input: admin.password });
  const violations = await violationsOf(page);
  await page.getByRole('button', { name: 'Go on' }).click();
  // Left and come back to.
  await page.getByRole('link', { name: 'Later' }).click();
  await page.getByRole('link', { name: 'Go on with the first steps' }).click();
  const demo = page.getByRole('button', { name: 'Use the demo model' });
  await demo.waitFor();
  violations.push(...(await violationsOf(page)));
  await demo.click();
  await page.getByRole('radio', { name: 'General' }).press(' ');
  await page.getByLabel('Name').fill('first');
  await page.getByRole('button', { name: 'Deploy first' }).click();
  await page.getByRole('list', { name: 'Steps' }).getByText('preflight').waitFor();
  violations.push(...(await violationsOf(page)));
  await page.locator('button:enabled', { hasText: 'Go on' }).click({ timeout: AGENT_MS });
  const chat = page.getByRole('button', { name: 'Chat with first' });
  await chat.waitFor();
  violations.push(...(await violationsOf(page)));
  await chat.click();
  await say(page, 'hello');
  await page.getByText('Hello. I am the built-in demo').waitFor({ timeout: AGENT_MS });
  expect({ faults, violations }).toEqual({ faults: [], violations: [] });
  await page.context().close();
}, 600_000);

test('a goal becomes a plan that is changed, approved, carried out, sent back once and merged, and a second browser sees it all', async () => {
  const { page, faults } = await openPage(browser, machine);
  await signIn(page, admin);
  await visit(page, '/missions/new/');
  await page.getByLabel('What should be done?').fill(GOAL);
  await page.getByLabel('Repository').fill(repository);
  await page.getByRole('button', { name: 'Make a plan' }).click();
  await page.getByText('Plan to review').first().waitFor();

  const { page: other, faults: otherFaults } = await openPage(browser, machine);
  await signIn(other, admin);
  await visit(other, `${new URL(page.url()).pathname}?view=list`);
  const row = (title: string) => other.getByRole('listitem').filter({ hasText: title });
  await row('Write spare.txt').waitFor();

  const spare = await openTask(page, 'Write spare.txt');
  await spare.getByRole('button', { name: 'Remove' }).click();
  const question = page.getByRole('alertdialog');
  await question.getByRole('button', { name: 'Remove' }).click();
  await node(page, 'Write spare.txt').waitFor({ state: 'detached' });
  await row('Write spare.txt').waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Add a task' }).click();
  const form = page.getByRole('dialog', { name: 'Add a task' });
  await form.getByLabel('Title').fill('Join both');
  await form.getByLabel('Instructions').fill('run: cat top.txt end.txt > page.txt');
  await form.getByLabel('Write top.txt').check();
  await form.getByRole('button', { name: 'Add the task' }).click();
  await row('Join both').getByText('after task-1').waitFor();

  await draw(page, 'Write end.txt', 'Join both');
  await page.mouse.up();
  await row('Join both').getByText('after task-1, task-2').waitFor();
  await page.locator('.react-flow__edge').nth(1).waitFor();
  await draw(page, 'Join both', 'Write top.txt');
  await page.getByText('Refused, since it would go in a circle').waitFor();
  await page.mouse.up();

  await page.getByRole('button', { name: 'Approve and start' }).click();
  await other.getByText('Running', { exact: true }).first().waitFor();

  await row('Write top.txt').getByText('To review').waitFor({ timeout: AGENT_MS });
  const top = await openTask(page, 'Write top.txt');
  await top.getByRole('region', { name: 'Lines' }).getByText('the top').waitFor();
  await top.getByRole('button', { name: 'Send back…' }).click();
  await top.getByLabel('What should change?').fill('Look at it once more.');
  await top.getByRole('button', { name: 'Send back' }).click();
  await top.getByRole('tab', { name: 'Attempts' }).click();
  await top.getByText('Attempt 2').waitFor({ timeout: AGENT_MS });
  for (const title of ['Write top.txt', 'Write end.txt', 'Join both']) {
    await row(title).getByText('To review').waitFor({ timeout: AGENT_MS });
    const drawer = await openTask(page, title);
    await drawer.getByRole('button', { name: 'Accept' }).click();
    await row(title).getByText('Accepted').waitFor({ timeout: AGENT_MS });
    await drawer.getByRole('button', { name: 'Close' }).click();
  }

  await other.getByText('Completed').first().waitFor({ timeout: AGENT_MS });
  await page.getByRole('tab', { name: 'Goal and report' }).click();
  await page.getByText('3 of 3 tasks accepted').first().waitFor();
  // The branches of the attempts go when their trees do, a moment after the end.
  await eventually(
    async () => {
      const branch = await git('for-each-ref', '--format=%(refname:short)', 'refs/heads/aether');
      expect(await git('show', `${branch}:page.txt`)).toBe('the topthe end');
    },
    { timeoutMs: AGENT_MS },
  );
  expect({ faults: faults.slice(1), otherFaults: otherFaults.slice(1) }).toEqual({
    faults: [],
    otherFaults: [],
  });
  await Promise.all([page.context().close(), other.context().close()]);
}, 600_000);

const composer = (page: Page) => page.getByRole('textbox', { name: 'Message first' });

/** Opens a new chat with the agent; its id. */
async function openChat(page: Page): Promise<string> {
  await visit(page, '/agents/');
  await page.getByRole('button', { name: 'Chat with first' }).click();
  await composer(page).waitFor();
  return new URL(page.url()).pathname.split('/')[2] ?? '';
}

async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

async function messagesOf(chatId: string): Promise<readonly Message[]> {
  const { items } = await ask<{ items: Message[] }>(machine, `GET chats/${chatId}/messages?limit=100`);
  return items.toReversed();
}

/** Waits until nothing is under way, and the page shows every message that is kept, once and in order. */
async function showsAll(page: Page, chatId: string): Promise<readonly Message[]> {
  return eventually(
    async () => {
      const messages = await messagesOf(chatId);
      expect(messages.at(-1)?.state).not.toBe('streaming');
      const shown = await page.evaluate<{ seq: number; state?: string; text: string }[]>(
        `[...document.querySelectorAll('[data-message]')].map(({ dataset, textContent }) =>
          ({ seq: Number(dataset.message), state: dataset.state, text: textContent }))`,
      );
      expect(shown.map(({ seq }) => seq)).toEqual(messages.map(({ seq }) => seq));
      expect(shown.flatMap(({ state }) => state ?? [])).toEqual(
        messages.flatMap(({ role, state }) => (role === 'assistant' ? state : [])),
      );
      for (const [at, { text }] of messages.entries()) expect(shown[at]?.text).toContain(text.trim());
      return messages;
    },
    { timeoutMs: AGENT_MS },
  );
}

test('the network cut under an open chat: the page says so, waits, shows every message once, and opens without it', async () => {
  const network = new Network(machine.port);
  await network.join();
  const { page } = await openPage(browser, network);
  await signIn(page, admin);
  const chatId = await openChat(page);
  await page.getByRole('button', { name: 'Jason (J)' }).click();
  const jason = page.getByRole('complementary', { name: 'Jason' });
  await jason.getByRole('textbox', { name: 'Ask Jason' }).fill('status');
  await say(page, 'count to 40');
  await page.getByText('1 2 3').waitFor();
  await network.cut();
  await page.getByText('The connection is lost.').waitFor();
  const sent: string[] = [];
  page.on('request', (request) => {
    const isChange = request.method() !== 'GET' && !request.url().endsWith('/session/refresh');
    if (isChange) sent.push(request.url());
  });
  expect(await jason.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await page.getByText('(read_only)').waitFor();
  expect(sent).toEqual([]);
  await jason.getByRole('button', { name: 'Close Jason' }).click();
  await composer(page).fill('kept until it can be sent');
  expect(await page.getByRole('button', { name: 'New chat' }).isDisabled()).toBe(true);
  await composer(page).press('Enter');
  expect(await composer(page).inputValue()).toBe('kept until it can be sent');
  await eventually(async () => expect((await messagesOf(chatId)).at(-1)?.state).toBe('complete'), {
    timeoutMs: AGENT_MS,
  });
  await ask(machine, `POST chats/${chatId}/messages`, { text: 'hello' });
  await network.join();
  await page.getByText('The connection is lost.').waitFor({ state: 'detached' });
  const messages = await showsAll(page, chatId);
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  await composer(page).press('Enter');
  await page.getByText('You said: kept until it can be sent').waitFor({ timeout: AGENT_MS });
  await network.cut();
  await page.goto('/agents/');
  await page.getByText('Aether cannot be reached.').waitFor();
  const kept = await page.evaluate<string[]>(
    `caches.keys()
      .then((names) => Promise.all(names.map((name) => caches.open(name).then((cache) => cache.keys()))))
      .then((found) => found.flat().map(({ url }) => new URL(url).pathname))`,
  );
  expect(kept).toContain('/agents/');
  expect(kept.filter((path) => path.startsWith('/api/'))).toEqual([]);
  await page.context().close();
}, 300_000);

test('kill -9 of the gateway of the agent under an open chat: the chat goes on with the next', async () => {
  const { page } = await openPage(browser, machine);
  await signIn(page, admin);
  const chatId = await openChat(page);
  await say(page, 'count to 40');
  await page.getByText('1 2 3').waitFor();
  const { id } = await ask<{ id: string }>(machine, 'GET deployments/first');
  process.kill(await machine.pidIn('deployments', id, 'process.json'), 'SIGKILL');
  await showsAll(page, chatId);
  await page.getByText('Online', { exact: true }).waitFor({ timeout: AGENT_MS });
  await say(page, 'hello');
  await eventually(async () => expect((await messagesOf(chatId)).at(-1)?.text).toContain('Hello.'), {
    timeoutMs: AGENT_MS,
  });
  const messages = await showsAll(page, chatId);
  expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
  await page.context().close();
}, 300_000);

test('kill -9 of Aether under an open chat: the page waits, and after the restart every message is there once', async () => {
  const { page } = await openPage(browser, machine);
  await signIn(page, admin);
  const chatId = await openChat(page);
  await say(page, 'count to 40');
  await page.getByText('1 2 3').waitFor();
  process.kill(await machine.pidIn('host.json'), 'SIGKILL');
  await page.getByText('The connection is lost.').waitFor();
  await machine.ask(['up', '--detach']);
  await page.getByText('The connection is lost.').waitFor({ state: 'detached', timeout: AGENT_MS });
  await showsAll(page, chatId);
  await say(page, 'hello');
  await page.getByText('Hello. I am the built-in demo').waitFor({ timeout: AGENT_MS });
  const messages = await showsAll(page, chatId);
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
  await page.context().close();
}, 300_000);

test.each(['light', 'dark'] as const)(
  'no view of what there is has an error in its console or a fault of access, in %s colours',
  async (colours) => {
    const newest = async (path: string) =>
      (await ask<{ items: { id: string }[] }>(machine, `GET ${path}`)).items[0]?.id ?? '';
    const mission = await newest('missions?limit=1');
    const task = await newest(`tasks?missionId=${mission}&limit=1`);
    const deployment = await newest('deployments?limit=1');
    const { page, faults } = await openPage(browser, { url: machine.url, colours });
    await signIn(page, admin);
    faults.length = 0;
    const violations: string[] = [];
    for (const path of [
      '/',
      '/missions/',
      ...['graph', 'list', 'timeline', 'thread', 'overview'].map(
        (view) => `/missions/${mission}/?view=${view}`,
      ),
      `/missions/${mission}/?task=${task}`,
      '/agents/',
      `/agents/${await newest('pool')}/`,
      '/chats/',
      `/chats/${await newest('chats?limit=1')}/`,
      '/deployments/',
      ...['timeline', 'logs', 'figures', 'config'].map((view) => `/deployments/${deployment}/?view=${view}`),
      '/system/?tab=figures',
      '/settings/?section=models',
    ]) {
      await visit(page, path);
      violations.push(...(await violationsOf(page)));
    }
    expect({ faults, violations }).toEqual({ faults: [], violations: [] });
    await page.context().close();
  },
  240_000,
);

test('a second agent in the same gateway is added on the page of the first, and told who it is', async () => {
  const { page, faults } = await openPage(browser, machine);
  await signIn(page, admin);
  faults.length = 0;
  const pool = async () => (await ask<{ items: PoolAgent[] }>(machine, 'GET pool')).items;
  const [first] = await pool();
  await visit(page, `/agents/${first?.id ?? ''}/`);
  await page.getByRole('button', { name: 'Add an agent' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Keeper');
  await dialog.getByLabel('Instructions').fill('You keep a lighthouse.');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  const keeper = await eventually(async () => {
    const found = (await pool()).find(({ agentId }) => agentId === 'keeper');
    if (!found) throw new Error('the agent is not there yet');
    return found;
  });
  await visit(page, '/agents/');
  await page.getByLabel('Filter agents').fill('kEEP');
  await page.getByRole('link', { name: /keeper/i }).waitFor();
  await visit(page, `/agents/${keeper.id}/`);
  const violations = await violationsOf(page);
  await page.getByRole('button', { name: 'Edit SOUL.md' }).click();
  await dialog.getByLabel('Who it is and how it speaks').fill('You are kind.');
  violations.push(...(await violationsOf(page)));
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.waitFor({ state: 'detached' });
  const files = `GET agents/${keeper.deploymentId}/keeper/files`;
  expect(await ask(machine, `${files}/SOUL.md`)).toMatchObject({ content: 'You are kind.' });
  expect(await ask(machine, `${files}/AGENTS.md`)).toMatchObject({ content: 'You keep a lighthouse.' });
  expect({ faults, violations }).toEqual({ faults: [], violations: [] });
  await page.context().close();
});

test('an agent that its person keeps to themselves is marked so, and given no tasks until it is opened again', async () => {
  const { page, faults } = await openPage(browser, machine);
  await signIn(page, admin);
  faults.length = 0;
  const pool = async () => (await ask<{ items: PoolAgent[] }>(machine, 'GET pool')).items;
  const [first] = await pool();
  await visit(page, `/deployments/${first?.deploymentId ?? ''}/?view=config`);
  const sharing = page.getByLabel('Who sees it');
  await sharing.selectOption('private');
  await page.getByText('private', { exact: true }).waitFor();
  const violations = await violationsOf(page);
  await eventually(async () => expect((await pool()).every(({ online }) => !online)).toBe(true), {
    timeoutMs: 30_000,
  });
  await sharing.selectOption('open');
  await page.getByText('private', { exact: true }).waitFor({ state: 'detached' });
  await eventually(async () => expect((await pool()).some(({ online }) => online)).toBe(true), {
    timeoutMs: 30_000,
  });
  expect({ faults, violations }).toEqual({ faults: [], violations: [] });
  await page.context().close();
});
