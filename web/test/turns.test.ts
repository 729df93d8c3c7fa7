import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import type { TurnStep } from '@aether/testing/fake-gateway';
import { faultsOf, tooWideIn, type Page } from './browser.js';
import { useChats } from './chats-under-test.js';

const { gateway, openChat, openAt } = useChats();

type Script = ReturnType<typeof gateway>['turns']['script'];
type Turn = Parameters<Script>[0];

/** Opens a new chat in which the agent does this, and says something to it; what the page did wrong before is gone. */
async function talk(title: string, script: Script) {
  gateway().turns.script = script;
  const chat = await openChat(title);
  const opened = await openAt(`/chats/${chat.id}/`);
  opened.faults.length = 0;
  const say = async (text: string) => {
    await composer(opened.page).fill(text);
    await composer(opened.page).press('Enter');
  };
  return { ...opened, opened, say };
}
const composer = (page: Page) => page.getByLabel('Message lab');

test('a tool call is one folded line, which opens to its arguments and its result, and says where it failed', async () => {
  const { page, opened, say } = await talk('Tools', function* () {
    const written = { path: 'src/app.ts', content: 'export const answer = 42;' };
    yield { tool: { name: 'write', args: written, result: 'wrote 25 bytes' } };
    yield { tool: { name: 'exec', args: { command: 'make all' }, result: 'no such target', isError: true } };
    yield { text: '- [x] write\n- [ ] make\n\nOne of two worked.' };
  });
  await say('write and make');
  await page.getByText('One of two worked.').waitFor();
  await page
    .getByRole('listitem')
    .filter({ hasText: 'make' })
    .getByRole('img', { name: 'Not done' })
    .last()
    .waitFor();
  const write = page.locator('details', { hasText: 'src/app.ts' });
  const [args, result] = [write.getByText('export const answer = 42;'), write.getByText('wrote 25 bytes')];
  expect([await args.isVisible(), await result.isVisible()]).toEqual([false, false]);
  await write.locator('summary').press('Enter');
  await args.waitFor();
  await result.waitFor();
  expect(await write.getByText('failed').count()).toBe(0);
  const make = page.locator('details', { hasText: 'make all' });
  await make.getByText('failed').waitFor();
  await make.locator('summary').click();
  await make.getByText('no such target').waitFor();
  expect(await faultsOf(opened)).toEqual([]);
  await write.locator('summary').click();
  await args.waitFor({ state: 'hidden' });
  await page.context().close();
});

test('a turn under way says what it does, is stopped, keeps what was said, and the chat goes on', async () => {
  const { page, opened, say } = await talk('Stopped', async function* ({ message, signal }: Turn) {
    yield { text: 'So far, so good.' };
    if (message === 'go on for ever') await once(signal, 'abort');
  });
  await say('go on for ever');
  const turn = page.locator('[data-message="2"]');
  await turn.getByText('So far, so good.').waitFor();
  await turn.getByRole('status').waitFor();
  expect(await page.getByRole('button', { name: 'Send' }).count()).toBe(0);
  expect(await faultsOf(opened)).toEqual([]);
  await page.getByRole('button', { name: 'Stop the answer' }).click();
  await turn.getByText('Stopped.').waitFor();
  await turn.getByRole('status').waitFor({ state: 'detached' });
  expect(await turn.getByText('So far, so good.').count()).toBe(1);
  await say('and now');
  await page.locator('[data-message="4"][data-state=complete]').waitFor();
  expect(await faultsOf(opened)).toEqual([]);
  await page.context().close();
});

/** Asks as the real gateway does, and waits for what is decided. */
async function* asking({ message: command, session, runId }: Turn): AsyncGenerator<TurnStep> {
  const id = crypto.randomUUID();
  const decided = new Promise<string>((resolve) => {
    gateway().override('exec.approval.resolve', (params) => {
      const { decision } = params as { decision: string };
      gateway().emit('exec.approval.resolved', { id, decision, ts: Date.now() });
      resolve(decision);
      return { ok: true };
    });
  });
  const request = { command, cwd: '/work', host: 'gateway', sessionKey: session.key, runId };
  const [createdAtMs, expiresAtMs] = [Date.now(), Date.now() + 1_800_000];
  gateway().emit('exec.approval.requested', { id, request, createdAtMs, expiresAtMs });
  const isDenied = (await decided) === 'deny';
  const result = isDenied ? 'Exec denied (user-denied)' : 'it ran';
  yield { tool: { name: 'exec', args: { command }, result, isError: isDenied } };
  yield { text: isDenied ? 'I was not allowed to.' : 'I have done it.' };
}

test.each([
  ['Deny', 'deny', 'I was not allowed to.'],
  ['Allow once', 'allow-once', 'I have done it.'],
] as const)(
  'a command that waits for a person is shown, and what they answer (%s) goes to the gateway and ends the question',
  async (button, decision, said) => {
    const { page, opened, say } = await talk(button, asking);
    const { page: other } = await openAt(new URL(page.url()).pathname);
    await say(`rm -r ${decision}`);
    const question = other.getByText('lab asks to run');
    await question.waitFor();
    await page.getByText(`rm -r ${decision}`).nth(1).waitFor();
    expect(await faultsOf(opened)).toEqual([]);
    await page.getByRole('button', { name: button, exact: true }).click();
    await page.getByText(said).waitFor();
    await question.waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: button, exact: true }).count()).toBe(0);
    await eventually(() =>
      expect(gateway().callsOf('exec.approval.resolve').at(-1)).toMatchObject({ decision }),
    );
    await Promise.all([page, other].map((each) => each.context().close()));
  },
);

const LONG = 'unbroken'.repeat(500);
const COLUMNS = Array.from({ length: 40 }, (_, index) => `column ${index + 1}`);
const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
const HOSTILE = `Before it.

<script>window.harm = 'script'</script>
<img src="x" onerror="window.harm = 'image'">
<svg onload="window.harm = 'drawing'"></svg>
<iframe srcdoc="<script>parent.harm = 'frame'</script>"></iframe>
<style>body { display: none }</style>
<div style="position: fixed; inset: 0; z-index: 999; background: red">over everything</div>
<form action="https://elsewhere.example/"><input name="password"><button>Sign in</button></form>

![a picture](https://elsewhere.example/picture.png)
[a link](javascript:window.harm='link') <a href="javascript:window.harm='address'">an address</a>
[data](data:text/html,<script>window.harm='data'</script>)

${LONG}

${row(COLUMNS)}
${row(COLUMNS.map(() => '---'))}
${row(COLUMNS.map(() => 'cell'))}

\`\`\`html
<script>window.harm = 'code'</script> ${LONG}
\`\`\`

The end of it.`;

/** What a text must never become, wherever in the page. */
const ALIVE = `[...document.querySelectorAll(
    '#content :is(script, iframe, object, embed, style, form:not(:has(textarea)), input:not([type=file], [type=search]), img),'
    + ' #content :is([onerror], [onload], [onclick], [href^="javascript:" i], [href^="data:" i])')]
  .concat([...document.querySelectorAll('#content [role=log] *')]
    .filter((part) => getComputedStyle(part).position === 'fixed'))
  .map((part) => part.outerHTML.slice(0, 200))`;

test('attack: whatever an agent, a tool or a person writes stays text, runs nothing, asks for nothing and breaks no layout', async () => {
  const { page, opened, say } = await talk(`<img src=x onerror="window.harm='title'">`, function* () {
    yield { tool: { name: '<script>window.harm=1</script>', args: { path: HOSTILE }, result: HOSTILE } };
    for (let at = 0; at < HOSTILE.length; at += 97) yield { text: HOSTILE.slice(at, at + 97) };
  });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).host));
  await say(HOSTILE);
  await page.locator('[data-message="2"][data-state=complete]').waitFor();
  await page.getByText('The end of it.').last().waitFor();
  await page.getByRole('table').getByText('column 40').waitFor({ state: 'attached' });
  await page.locator('details summary').click();
  for (const widthPx of [1440, 360]) {
    await page.setViewportSize({ width: widthPx, height: 800 });
    expect(await page.evaluate(ALIVE)).toEqual([]);
    expect(await tooWideIn(page)).toEqual([]);
    expect(await faultsOf(opened)).toEqual([]);
  }
  for (const name of ['a link', 'an address', 'data'])
    for (const link of await page.getByText(name, { exact: true }).all())
      if (await link.isVisible()) await link.click();
  expect(await page.evaluate('window.harm ?? null')).toBeNull();
  expect(page.context().pages()).toHaveLength(1);
  expect(new Set(asked)).toEqual(new Set([new URL(page.url()).host]));
  await composer(page).fill('still there');
  await page.context().close();
});
