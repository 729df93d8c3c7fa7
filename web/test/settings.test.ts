import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import type { Preset } from '@aether/contracts/presets';
import type { ModelProvider } from '@aether/contracts/providers';
import type { PresetFile } from '@aether/contracts/templates';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { ScriptedModel, fail, say } from '@aether/testing/scripted-model';
import { generate } from 'otplib';
import { decodeQR } from 'qr/decode.js';
import { ask } from './ask.js';
import { openPage, signIn, violationsOf, visit, type Page } from './browser.js';
import { admin, useConsole } from './console-under-test.js';

const system = useConsole({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' });

async function openAt(path: string) {
  const { page, faults } = await openPage(system().browser, system().machine);
  await signIn(page, admin);
  await visit(page, path);
  return { page, faults };
}

test('About tells versions, and the licence with its text of each package that the console is built from', async () => {
  const { page, faults } = await openAt('/settings/?section=about');
  await page.getByText('Node.js', { exact: true }).waitFor();
  const list = page.getByRole('list', { name: 'Licences of others' });
  await list.getByText('@fontsource-variable/inter').waitFor();
  expect(await violationsOf(page)).toEqual([]);

  await page.getByLabel('Filter by name or licence').fill('elkjs');
  await eventually(async () => expect(await list.getByRole('listitem').count()).toBe(1));
  expect(await list.innerText()).toContain('EPL-2.0');
  await list.getByText('elkjs').click();
  await list.getByText('Eclipse Public License').first().waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await page.getByLabel('Filter by name or licence').fill('no such package');
  await page.getByText('No package has this name or licence').waitFor();
  expect(faults).toEqual([]);
  await page.context().close();
});

test('a model provider is tried before it is kept, and its models are offered to agents', async () => {
  const model = await ScriptedModel.start(() => fail(401, { message: 'no such key' }));
  const { page } = await openAt('/settings/?section=models');
  await page.getByRole('button', { name: 'Add a provider' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Provider').selectOption('openai-compatible');
  await form.getByLabel('Name').fill('house');
  await form.getByLabel('Base URL').fill(model.url);
  await form.getByLabel('Key').fill('a-key-of-the-house');
  await form.getByLabel('Models').fill('house-large');
  await form.getByRole('button', { name: 'Try and save' }).click();
  await form.getByRole('alert').first().waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect((await ask<{ items: ModelProvider[] }>(system().machine, 'GET providers')).items).toEqual([]);

  model.answer(() => say('Hello.'));
  await form.getByRole('button', { name: 'Try and save' }).click();
  await page.getByRole('button', { name: 'Acts for house' }).waitFor();
  await form.waitFor({ state: 'detached' });
  expect((await page.content()).includes('a-key-of-the-house')).toBe(false);
  await visit(page, '/deployments/new/');
  await eventually(async () =>
    expect(await page.getByLabel('Model').locator('option').allTextContents()).toContain('house/house-large'),
  );

  await visit(page, '/settings/?section=models');
  await page.getByRole('button', { name: 'Acts for house' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove provider' }).click();
  await page.getByRole('button', { name: 'Acts for house' }).waitFor({ state: 'detached' });
  await Promise.all([page.context().close(), model.stop()]);
});

test('a gateway elsewhere is paired: its command is shown, and the page goes on by itself once it was run', async () => {
  const gateway = await FakeGateway.start({ remote: true });
  const { page, faults } = await openAt('/settings/?section=connections');
  await page.getByRole('button', { name: 'Connect a gateway' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Address').fill(gateway.url);
  await form.getByLabel('Name').fill('Attic');
  await form.getByLabel('Token', { exact: true }).fill('not-its-token');
  await form.getByRole('button', { name: 'Try it' }).click();
  await form.getByRole('region', { name: 'What the gateway answered' }).getByLabel('No').first().waitFor();
  await form.getByLabel('Token', { exact: true }).fill(gateway.token);
  await form.getByRole('button', { name: 'Connect' }).click();

  const steps = page.getByRole('region', { name: 'Pairing with Attic' });
  const command = await steps.locator('code').first().innerText();
  const [request] = gateway.pairings.requests;
  expect(command).toBe(`openclaw devices approve ${request?.requestId}`);
  expect(await violationsOf(page)).toEqual([]);
  gateway.pairings.approve(request?.requestId ?? '');
  await steps.waitFor({ state: 'detached', timeout: 60_000 });
  await page.getByText('Connected').first().waitFor();
  await visit(page, '/agents/');
  await page.getByText('Attic').first().waitFor();
  expect(faults).toEqual([]);

  await visit(page, '/settings/?section=connections');
  await page.getByRole('button', { name: 'Acts for Attic' }).click();
  await page.getByRole('menuitem', { name: 'Forget' }).click();
  await page.getByRole('button', { name: 'Forget it' }).click();
  await page.getByText('Attic').first().waitFor({ state: 'detached' });
  await Promise.all([page.context().close(), gateway.stop()]);
});

/** Its memory is nowhere free, so that what is deployed from it ends at its first step. */
const giant = {
  format: 'aether.template',
  version: 1,
  template: {
    id: 'giant',
    name: 'Giant',
    summary: 'Wants more than there is.',
    capabilities: ['coding'],
    memoryMb: 1_048_576,
    files: { 'TOOLS.md': 'The key is [secret].' },
  },
  toGiveAgain: ['token in TOOLS.md, line 1'],
};

async function importFile(page: Page, content: object): Promise<void> {
  await page.getByLabel('File of a template or preset').setInputFiles({
    name: 'giant.template.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(content)),
  });
}

test('a template comes by a file, several agents are deployed from it, and a preset of one is exported and deployed from', async () => {
  const { page } = await openAt('/deployments/new/');
  await importFile(page, { format: 'something else' });
  await page.getByRole('dialog').getByText('neither a template nor a preset').waitFor();
  await page.keyboard.press('Escape');
  await importFile(page, giant);
  await page.getByRole('dialog').getByText('token in TOOLS.md, line 1').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('radio', { name: 'Giant' }).press(' ');
  await page.getByLabel('Name').fill('big');
  await page.getByLabel('How many').fill('2');
  await page.getByRole('button', { name: 'Deploy 2 agents' }).click();
  await page.getByRole('link', { name: 'big-2' }).waitFor();
  await page.getByRole('link', { name: 'big-1' }).click();
  await page.getByText('Failed').first().waitFor();
  await page.getByRole('button', { name: 'Save as a preset' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('keeper');
  await page.getByRole('button', { name: 'Save preset' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await visit(page, '/deployments/new/');
  await page.getByRole('radio', { name: 'keeper' }).press(' ');
  expect(await page.getByLabel('Model').count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Acts for keeper' }).click();
  await page.getByRole('menuitem', { name: 'Export as a file' }).click();
  const download = await downloading;
  const file = JSON.parse(await readFile(await download.path(), 'utf8')) as PresetFile;
  expect([download.suggestedFilename(), file.format, file.template?.id]).toEqual([
    'keeper.preset.json',
    'aether.preset',
    'giant',
  ]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Deploy keeper' }).click();
  await page.getByRole('heading', { name: 'keeper' }).waitFor();

  await visit(page, '/deployments/new/');
  await page.getByRole('button', { name: 'Acts for keeper' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('radio', { name: 'keeper' }).waitFor({ state: 'detached' });
  const line = page.getByRole('status').filter({ hasText: 'Removed the preset “keeper”' });
  await line.waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await line.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('radio', { name: 'keeper' }).waitFor();
  const preset = async () =>
    (await ask<{ items: Preset[] }>(system().machine, 'GET presets')).items.map(
      ({ name, template, runtime, model, settings }) => ({ name, template, runtime, model, settings }),
    );
  expect(await preset()).toEqual([file.preset]);

  await page.getByRole('button', { name: 'Acts for keeper' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  // The list may hear of it before the act itself is answered, and with that comes what takes it back.
  await page.getByRole('radio', { name: 'keeper' }).waitFor({ state: 'detached' });
  await line.waitFor();
  await page.keyboard.press('Control+z');
  await page.getByRole('radio', { name: 'keeper' }).waitFor();

  await page.getByRole('button', { name: 'Acts for keeper' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await page.getByRole('radio', { name: 'keeper' }).waitFor({ state: 'detached' });
  await importFile(page, file);
  // Behind the dialog nothing can be reached.
  await page
    .getByRole('dialog')
    .getByText(file.toGiveAgain[0] ?? 'a secret')
    .waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('radio', { name: 'keeper' }).waitFor();
  await page.context().close();
});

/** What a camera would see of the code on the page. */
async function readQrCode(page: Page): Promise<string> {
  const { size, path } = await page.evaluate<{ size: number; path: string }>(
    `(() => {
      const drawing = document.querySelector('svg[role=img]');
      return { size: drawing.viewBox.baseVal.width, path: drawing.querySelector('path').getAttribute('d') };
    })()`,
  );
  const scale = 4;
  const width = size * scale;
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let row = 0; row < scale; row += 1) {
      const start = ((Number(y) * scale + row) * width + Number(x) * scale) * 4;
      for (let at = start; at < start + scale * 4; at += 4) data.set([0, 0, 0], at);
    }
  return decodeQR({ width, height: width, data });
}

test('the second factor is set up from the code that is drawn, and its recovery codes are saved as a file', async () => {
  const { page, faults } = await openAt('/settings/?section=security');
  await page.getByRole('button', { name: 'Set up' }).click();
  await page.getByRole('img', { name: 'Code for the authenticator app' }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  const uri = new URL(await readQrCode(page));
  expect(uri.protocol).toBe('otpauth:');
  const secret = uri.searchParams.get('secret') ?? '';
  await page.getByLabel('Code', { exact: true }).fill(await generate({ secret }));
  await page.getByRole('button', { name: 'Switch on' }).click();
  const codes = await page.getByRole('dialog').locator('pre').innerText();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('aether-recovery-codes.txt');
  expect((await readFile(await download.path(), 'utf8')).trim()).toBe(codes.trim());
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await eventually(async () =>
    expect(await page.getByRole('button', { name: 'New recovery codes' }).count()).toBe(1),
  );
  expect(faults).toEqual([]);
  await page.context().close();
});
