import { expect, test } from '@jest/globals';
import type { Message } from '@aether/contracts/openclaw';
import { eventually } from '@aether/testing/eventually';
import { ask } from './ask.js';
import { violationsOf, visit, type Page } from './browser.js';
import { useChats } from './chats-under-test.js';

const { system, gateway, openChat, openAt } = useChats();
const RED_PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const other = { email: 'other@example.org', password: 'another long password' };

/** A file that is pasted or dropped where one writes, as the browser would hand it over. */
const handOver = (kind: string) => `{
  const data = new DataTransfer();
  data.items.add(new File(['from ${kind}'], '${kind}.txt', { type: 'text/plain' }));
  const init = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
  const event = '${kind}' === 'paste' ? new ClipboardEvent('paste', init) : new DragEvent('drop', init);
  document.querySelector('[aria-label="Message lab"]').dispatchEvent(event);
}`;
const composer = (page: Page) => page.getByLabel('Message lab');

test('files are attached by button, paste and drag, taken away again, sent, shown and saved', async () => {
  const chat = await openChat('Pictures');
  const { page, faults } = await openAt(`/chats/${chat.id}/`);
  await page.locator('input[type=file]').setInputFiles([
    { name: 'red.png', mimeType: 'image/png', buffer: RED_PIXEL },
    { name: 'wrong.txt', mimeType: 'text/plain', buffer: Buffer.from('not this one') },
  ]);
  const files = page.getByRole('list', { name: 'Files of this message' });
  await files.getByRole('img', { name: 'red.png' }).waitFor();
  await page.getByRole('button', { name: 'Remove wrong.txt' }).click();
  for (const kind of ['paste', 'drop']) await page.evaluate(handOver(kind));
  await files.getByText('paste.txt').waitFor();
  await files.getByText('drop.txt').waitFor();
  await page.locator('button[aria-label=Send]:enabled').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await composer(page).fill('look at these');
  await composer(page).press('Enter');
  const tiles = page.getByRole('list', { name: 'Attachments' });
  await tiles.getByText('drop.txt').waitFor();
  expect(await files.count()).toBe(0);
  await tiles.getByRole('img', { name: 'red.png' }).waitFor();
  await eventually(async () =>
    expect(await page.evaluate(`document.querySelector('[aria-label=Attachments] img').naturalWidth`)).toBe(
      1,
    ),
  );
  await eventually(() =>
    expect(gateway().callsOf('chat.send').at(-1)).toMatchObject({
      message: 'look at these',
      attachments: [{ fileName: 'red.png' }, { fileName: 'paste.txt' }, { fileName: 'drop.txt' }],
    }),
  );
  const saving = page.waitForEvent('download');
  await tiles.getByText('paste.txt').click();
  expect((await saving).suggestedFilename()).toBe('paste.txt');
  await page.getByText('Hello from the agent.').waitFor();
  expect(await violationsOf(page)).toEqual([]);
  expect(faults).toEqual([]);
  await page.context().close();
});

test('a file that is too large says the limit, and the message waits until it is taken away', async () => {
  const chat = await openChat('Large');
  const { page } = await openAt(`/chats/${chat.id}/`);
  const buffer = Buffer.concat([RED_PIXEL, Buffer.alloc(7_000_000, 1)]);
  await page.locator('input[type=file]').setInputFiles({ name: 'large.png', mimeType: 'image/png', buffer });
  const files = page.getByRole('list', { name: 'Files of this message' });
  await files.getByText('the gateway takes 6291456 of a picture at most').waitFor();
  await composer(page).fill('look');
  expect(await page.getByRole('button', { name: 'Send' }).isDisabled()).toBe(true);
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Remove large.png' }).click();
  await composer(page).press('Enter');
  await page.getByText('Hello from the agent.').waitFor();
  await page.context().close();
});

test('words find a message in another chat and lead to it, with what was said around it', async () => {
  const { machine } = system();
  const [chat, here] = [await openChat('Long ago'), await openChat('Here')];
  for (let round = 1; round <= 40; round++) {
    const text = round === 10 ? 'the heron stands still' : `line ${round}`;
    const sent = await ask<Message>(machine, `POST chats/${chat.id}/messages`, { text });
    await eventually(async () => {
      const { items } = await ask<{ items: Message[] }>(machine, `GET chats/${chat.id}/messages?limit=1`);
      expect(items[0]).toMatchObject({ replyTo: sent.id, state: 'complete' });
    });
  }
  const { page, faults } = await openAt(`/chats/${here.id}/`);
  await page.getByLabel('Filter chats and search messages').fill('heron sta');
  await page.getByRole('list', { name: 'Messages found' }).getByRole('button').first().click();
  const past = page.getByRole('log', { name: 'Earlier messages with lab' });
  const found = past.locator('[data-message="19"]');
  await found.waitFor();
  await eventually(async () => {
    const box = await found.boundingBox();
    expect(box && box.y > 0 && box.y < 900).toBe(true);
  });
  await past.getByText('line 9', { exact: true }).waitFor();
  await past.getByText('line 11', { exact: true }).waitFor();
  expect(await violationsOf(page)).toEqual([]);
  await past.getByRole('button', { name: 'Show later messages' }).click();
  await past.getByText('line 30', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Go to the newest messages' }).click();
  await page
    .getByRole('log', { name: 'Conversation with lab' })
    .getByText('line 40', { exact: true })
    .waitFor();

  await page.getByRole('button', { name: 'Search messages' }).click();
  const dialog = page.getByRole('dialog', { name: 'Search messages' });
  await dialog.getByLabel('Words of the message').fill('line 12');
  await dialog.getByRole('list', { name: 'Messages found' }).getByRole('button').first().click();
  await past.locator('[data-message="23"]').waitFor();
  expect(faults).toEqual([]);
  await page.context().close();
});

test('chats are read side by side, each with its own messages, and closing one keeps the others', async () => {
  const chats = [await openChat('Red'), await openChat('Green'), await openChat('Blue')];
  const { page, faults } = await openAt(`/chats/${chats[0]?.id}/`);
  const column = (title: string) => page.getByRole('region', { name: title, exact: true });
  const say = async (title: string, text: string) => {
    await column(title).getByLabel('Message lab').fill(text);
    await column(title).getByLabel('Message lab').press('Enter');
    await column(title).getByText('Hello from the agent.').waitFor();
  };
  await column('Red').getByLabel('Message lab').fill('not sent yet');
  const list = page.getByRole('navigation', { name: 'Chats' });
  await list.getByRole('button', { name: 'Open Green beside' }).click();
  await list.getByRole('button', { name: 'Open Blue beside' }).click();
  await column('Blue').waitFor();
  expect(await list.getByRole('button', { name: /^Open .* beside$/ }).count()).toBe(0);
  await say('Green', 'only in green');
  await say('Blue', 'only in blue');
  expect(await column('Green').getByText('only in blue').count()).toBe(0);
  expect(await column('Red').getByText('Hello from the agent.').count()).toBe(0);
  expect(await violationsOf(page)).toEqual([]);

  await page.setViewportSize({ width: 360, height: 780 });
  await column('Green').waitFor({ state: 'hidden' });
  await page.getByRole('tab', { name: 'Green' }).click();
  await column('Green').getByText('only in green').waitFor();
  await page.getByRole('heading', { name: 'Green', level: 1 }).waitFor();
  expect(await column('Blue').isVisible()).toBe(false);
  expect(await violationsOf(page)).toEqual([]);

  await page.getByRole('button', { name: 'Close Green' }).click();
  await page.getByRole('tab', { name: 'Green' }).waitFor({ state: 'detached' });
  await page.setViewportSize({ width: 1440, height: 900 });
  await column('Blue').getByText('only in blue').waitFor();
  expect(await column('Red').getByLabel('Message lab').inputValue()).toBe('not sent yet');
  await page.reload();
  await column('Blue').getByText('only in blue').waitFor();
  await page.getByRole('button', { name: 'Close Blue' }).click();
  await column('Blue').waitFor({ state: 'detached' });
  await column('Red').waitFor();
  expect(new URL(page.url()).pathname).toBe(`/chats/${chats[0]?.id}/`);
  expect(faults).toEqual([]);
  await page.context().close();
});

test('a chat is private to its person until they open it, and somebody who looks on loses it with that', async () => {
  const { machine } = system();
  const chat = await openChat('Between us');
  const { token } = await ask<{ token: string }>(machine, 'POST invitations', {
    email: other.email,
    role: 'operator',
  });
  await fetch(`${machine.url}/api/v1/invitations/accept`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, name: 'Other', password: other.password }),
  });
  const { page } = await openAt('/chats/');
  const { page: theirs } = await openAt('/chats/', other);
  expect(await theirs.getByText('Between us').count()).toBe(0);
  await visit(theirs, `/chats/${chat.id}/`);
  await theirs.getByText('chat_not_found').waitFor();

  await visit(page, `/chats/${chat.id}/`);
  await page.getByRole('button', { name: 'Chat settings' }).click();
  await page.getByLabel('Who sees it').selectOption('open');
  expect(await violationsOf(page)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('open to all').waitFor();
  await visit(theirs, `/chats/${chat.id}/`);
  await theirs.getByText('Say something to lab').waitFor();
  await theirs.getByRole('button', { name: 'Chat settings' }).click();
  expect(await theirs.getByLabel('Who sees it').isDisabled()).toBe(true);
  await theirs.getByRole('button', { name: 'Close' }).click();

  await page.getByRole('button', { name: 'Chat settings' }).click();
  await page.getByLabel('Who sees it').selectOption('private');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('open to all').waitFor({ state: 'detached' });
  await composer(page).fill('nobody else reads this');
  await composer(page).press('Enter');
  await page.getByText('Hello from the agent.').waitFor();
  expect(await theirs.getByText('nobody else reads this').count()).toBe(0);
  await visit(theirs, `/chats/${chat.id}/`);
  await theirs.getByText('chat_not_found').waitFor();
  await Promise.all([page, theirs].map((each) => each.context().close()));
});
