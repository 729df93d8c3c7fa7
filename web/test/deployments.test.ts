import { access, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Deployment } from '@aether/contracts/deployment';
import { OPENCLAW_VERSION } from '@aether/openclaw-process/install';
import { openClawDirectory } from '@aether/testing/config';
import { eventually } from '@aether/testing/eventually';
import { ScriptedModel } from '@aether/testing/scripted-model';
import { Machine } from '../../cli/test/machine.js';
import { ask } from './ask.js';
import { openPage, signIn, startBrowser, violationsOf, visit, type Browser, type Page } from './browser.js';
import { admin } from './console-under-test.js';

/** A gateway that starts on a busy machine took 103 s. */
const AGENT_MS = 240_000;

let machine: Machine;
let browser: Browser;
let model: ScriptedModel;
/** Where this system looks for OpenClaw. */
let installed: string;

beforeAll(async () => {
  machine = await Machine.make({ agents: true });
  installed = join(machine.directory, 'openclaw', OPENCLAW_VERSION);
  model = await ScriptedModel.start();
  await machine.ask(['up', '--detach'], {
    environment: {
      AETHER_OPENCLAW_DIR: dirname(installed),
      OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8',
      // What ends is not started again by Aether.
      RESTARTS_MAX: '0',
    },
  });
  await machine.ask(['setup', '--email', admin.email, '--password-stdin'], { input: admin.password });
  await ask(machine, 'POST providers', {
    name: 'house',
    kind: 'openai-compatible',
    baseUrl: model.url,
    key: 'a-key-of-the-house',
    models: [{ id: 'scripted-1' }, { id: 'scripted-2' }],
  });
  browser = await startBrowser();
}, 600_000);
afterAll(async () => {
  await browser.close();
  await machine.remove();
  await model.stop();
});

/** An installation that is there, and whose program is another one. */
async function breakInstallation(program: string): Promise<void> {
  const directory = join(installed, 'node_modules', 'openclaw');
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, 'openclaw.mjs'), program);
}

async function mendInstallation(): Promise<void> {
  await rm(installed, { recursive: true });
  await symlink(join(openClawDirectory, OPENCLAW_VERSION), installed);
}

const deployed = () => ask<Deployment>(machine, 'GET deployments/keeper');

async function openDeployment(view = 'timeline'): Promise<{ page: Page; faults: string[] }> {
  const { page, faults } = await openPage(browser, machine);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await signIn(page, admin);
  faults.length = 0;
  await visit(page, `/deployments/${(await deployed()).id}/?view=${view}`);
  return { page, faults };
}

const steps = (page: Page) => page.getByRole('list', { name: 'Steps' });
/** The operation that the timeline tells of. */
const operation = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
/** The state beside the name of the deployment. */
const inState = (page: Page, word: string) =>
  page.getByRole('banner').getByText(word, { exact: true }).waitFor({ timeout: AGENT_MS });

/** Every step of the timeline is done; their names in order. */
async function stepsDone(page: Page): Promise<string[]> {
  const { steps: told } = await deployed();
  expect(told.map(({ state }) => state)).toEqual(told.map(() => 'done'));
  const names = told.map(({ name }) => name);
  await eventually(async () =>
    expect(await steps(page).getByRole('listitem').locator('.font-mono').allTextContents()).toEqual(names),
  );
  return names;
}

test('a deployment that fails opens the step with cause, last lines, remedy and report, and gets on once the cause is gone', async () => {
  // Not written to its end.
  await breakInstallation('const gateway = ');
  const { page, faults } = await openPage(browser, machine);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await signIn(page, admin);
  faults.length = 0;
  await visit(page, '/deployments/new/');
  await page.getByLabel('Name').fill('keeper');
  await page.getByLabel('Model', { exact: true }).selectOption('house/scripted-1');
  await page.getByRole('button', { name: 'Deploy keeper' }).click();
  await operation(page, 'First deployment').waitFor();
  await inState(page, 'Failed');
  const failed = steps(page)
    .getByRole('listitem')
    .filter({ hasText: /^start/ });
  const opened = failed.getByRole('alert');
  await opened.getByText('The OpenClaw gateway exited with code 1 before it was ready.').waitFor();
  await opened.getByText('The last lines say why.').waitFor();
  await opened.getByText('exited_early').waitFor();
  await opened.getByLabel('Last lines of the log').getByText('SyntaxError').waitFor();
  const violations = await violationsOf(page);
  await opened.getByRole('button', { name: 'Copy report' }).click();
  await opened.getByText('Copied').waitFor();
  const report = await page.evaluate<string>('navigator.clipboard.readText()');
  for (const part of ['Deployment keeper', 'model house/scripted-1', 'exited_early at start', 'SyntaxError'])
    expect(report).toContain(part);

  await breakInstallation("throw new Error('the lamp is out');");
  await page.getByRole('button', { name: 'Repair' }).click();
  await operation(page, 'Repair').waitFor();
  await inState(page, 'Failed');
  await opened.getByLabel('Last lines of the log').getByText('the lamp is out').waitFor();

  await mendInstallation();
  const { finishedAt } = (await deployed()).steps.find(({ name }) => name === 'create') ?? {};
  await opened.getByRole('button', { name: 'Retry from here' }).click();
  await opened.waitFor({ state: 'detached' });
  await inState(page, 'Ready');
  expect(await stepsDone(page)).toContain('start');
  // What had been done before stays done.
  expect((await deployed()).steps).toContainEqual(expect.objectContaining({ name: 'create', finishedAt }));
  expect({ faults, violations }).toEqual({ faults: [], violations: [] });
  await page.context().close();
}, 600_000);

test('it is stopped after a question, and started, and its steps are told as they go', async () => {
  const { page, faults } = await openDeployment();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  const question = page.getByRole('alertdialog');
  await question.getByRole('button', { name: 'Keep it' }).click();
  await question.waitFor({ state: 'detached' });
  expect(await deployed()).toMatchObject({ state: 'ready' });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await question.getByRole('button', { name: 'Stop it' }).click();
  await inState(page, 'Stopped');
  expect(await stepsDone(page)).toEqual(['disconnect', 'stop']);

  await page.getByRole('button', { name: 'Start', exact: true }).click();
  await operation(page, 'Start').waitFor();
  await inState(page, 'Ready');
  expect(await stepsDone(page)).toContain('connect');
  expect(faults).toEqual([]);
  await page.context().close();
}, 600_000);

test('a change of its model is shown before it is made, and taken by the steps of a change', async () => {
  const { page, faults } = await openDeployment('config');
  const change = page.getByRole('list', { name: 'Changes' });
  await page.getByLabel('Model', { exact: true }).selectOption('house/scripted-2');
  await change.getByText('house/scripted-1').waitFor();
  await change.getByText('house/scripted-2').waitFor();
  await page.getByRole('button', { name: 'Apply the change' }).click();
  await page.getByRole('tab', { name: 'Timeline' }).click();
  await operation(page, 'Change').waitFor();
  await inState(page, 'Ready');
  expect(await stepsDone(page)).toContain('snapshot');
  await page.getByTitle('house/scripted-2').waitFor();
  expect(await deployed()).toMatchObject({ model: 'house/scripted-2', failure: null });
  expect(faults).toEqual([]);
  await page.context().close();
}, 600_000);

test('its log goes on under the open page after the bus was killed', async () => {
  const { page } = await openDeployment('logs');
  const log = page.getByRole('log', { name: 'Log of keeper' });
  await log.getByText(': ready', { exact: false }).last().waitFor();
  process.kill(await machine.pidIn('nats', 'nats.pid'), 'SIGKILL');
  await eventually(() => ask(machine, 'POST deployments/keeper/restart', {}), { timeoutMs: 90_000 });
  await log.getByText('restart: ready').waitFor({ timeout: AGENT_MS });
  await page.locator('[data-connection=live]').waitFor();
  await page.context().close();
}, 600_000);

test('one whose process was killed says so by itself, and is repaired', async () => {
  const { page, faults } = await openDeployment();
  const { id } = await deployed();
  const pid = await machine.pidIn('deployments', id, 'process.json');
  process.kill(pid, 'SIGKILL');
  await inState(page, 'Failed');
  const opened = steps(page).getByRole('alert');
  const { failure } = await deployed();
  expect(failure).toMatchObject({ code: 'exits_repeatedly', cause: expect.stringContaining('ended once') });
  await opened.getByText(failure?.cause ?? '').waitFor();
  await opened.getByText('exits_repeatedly').waitFor();
  await page.getByRole('button', { name: 'Repair', exact: true }).click();
  await operation(page, 'Repair').waitFor();
  await inState(page, 'Ready');
  await opened.waitFor({ state: 'detached' });
  await stepsDone(page);
  expect(await machine.pidIn('deployments', id, 'process.json')).not.toBe(pid);
  expect(faults).toEqual([]);
  await page.context().close();
}, 600_000);

test('it is deleted after a question, with its process and its files', async () => {
  const { page, faults } = await openDeployment();
  const { id } = await deployed();
  const pid = await machine.pidIn('deployments', id, 'process.json');
  await page.getByRole('button', { name: 'Delete' }).click();
  const question = page.getByRole('alertdialog');
  await question.getByText('go for good').waitFor();
  const violations = await violationsOf(page);
  await question.getByRole('button', { name: 'Keep it' }).click();
  await question.waitFor({ state: 'detached' });
  expect(await deployed()).toMatchObject({ state: 'ready' });
  await page.getByRole('button', { name: 'Delete' }).click();
  await question.getByRole('button', { name: 'Delete it with its state' }).click();
  await page.waitForURL('**/deployments/');
  await page.getByRole('heading', { name: 'Nothing is deployed' }).waitFor({ timeout: AGENT_MS });
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await expect(access(join(machine.directory, 'data', 'deployments', id))).rejects.toThrow('ENOENT');
  expect({ faults, violations }).toEqual({ faults: [], violations: [] });
  await page.context().close();
}, 600_000);
