import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FoundMessage } from '@aether/contracts/chat-search';
import type { Chat, Message } from '@aether/contracts/openclaw';
import { eventually } from '@aether/testing/eventually';
import { FakeGateway } from '@aether/testing/fake-gateway';
import { Machine } from './machine.js';

interface Talk {
  readonly reply: string;
  readonly chatId: string;
  readonly messages: Message[];
}

let machine: Machine;
let lab: FakeGateway;

beforeAll(async () => {
  machine = await Machine.make();
  lab = await FakeGateway.start({
    agents: [{ id: 'main' }, { id: 'worker-b', name: 'Worker' }, { id: 'worker-c', name: 'Worker' }],
    script: function* ({ session, message }) {
      yield { text: `${session.key.split(':')[1] ?? ''} heard: ${message}` };
    },
  });
  await machine.ask(['up', '--detach'], { environment: { OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' } });
  const account = ['setup', '--email', 'person@example.org', '--password-stdin'];
  await machine.ask(account, { input: 'a long enough password' });
  await machine.ask(['connection', 'add', 'lab', lab.url, '--stdin'], { input: lab.token });
  await eventually(async () => expect(await machine.ask(['agent', 'list', 'lab'])).toBeDefined());
});
afterAll(async () => {
  await lab.stop();
  await machine.remove();
});

const talk = (to: string, text: string, ...more: string[]) => machine.ask<Talk>(['chat', to, text, ...more]);
const refused = async (...args: string[]) => {
  const { json, code } = await machine.aether([...args, '--json']);
  expect(code).not.toBe(0);
  return json<{ error: { code: string; detail: string; hint: string } }>().error;
};

test('an agent of a remote gateway is talked to by the name of its connection, and the chat goes on', async () => {
  const first = await talk('lab', 'hello');
  expect(first.reply).toBe('main heard: hello');
  expect((await talk('lab', 'again')).chatId).toBe(first.chatId);
  const other = await talk('lab/worker-b', 'hello');
  expect(other).toMatchObject({ reply: 'worker-b heard: hello' });
  expect(other.chatId).not.toBe(first.chatId);
  expect((await talk('lab/worker-b', 'again')).chatId).toBe(other.chatId);
});

test('a name that is nobody’s, or several agents’, is told with what to do', async () => {
  expect(await refused('chat', 'nobody', 'x')).toMatchObject({ code: 'agent_not_found' });
  expect(await refused('chat', 'no such / place', 'x')).toMatchObject({ code: 'agent_not_found' });
  expect(await refused('chat', 'lab/nobody', 'x')).toMatchObject({ code: 'agent_not_found' });
  const several = await refused('chat', 'lab/Worker', 'x');
  expect(several).toMatchObject({ code: 'agent_ambiguous' });
  expect(several.detail).toContain('worker-b, worker-c');
});

test('attack: a name that a shell would carry out is not offered to it', async () => {
  const name = 'x$(id)';
  await machine.ask(['connection', 'add', name, lab.url, '--stdin'], { input: lab.token });
  await eventually(async () => expect((await talk(name, 'hello')).reply).toBe('main heard: hello'));
  const { stdout } = await machine.aether(['complete', '--', 'chat', '']);
  expect(stdout).toContain('lab');
  expect(stdout).not.toContain('x$');
  await machine.ask(['connection', 'remove', name]);
});

test('a connection that waits for a person says so instead of letting a message wait', async () => {
  const strict = await FakeGateway.start();
  await machine.ask(['connection', 'add', 'shut', strict.url, '--stdin'], { input: strict.token });
  await talk('shut', 'hello');
  await machine.aether(['connection', 'set', 'shut', '--stdin'], { input: 'wrong' });
  await eventually(async () =>
    expect(await refused('chat', 'shut', 'x')).toMatchObject({ code: 'agent_not_connected' }),
  );
  await strict.stop();
});

test('files go with a text, and one that is too large is refused with the limit', async () => {
  const small = join(machine.directory, 'notes.txt');
  const large = join(machine.directory, 'large.bin');
  const content = randomBytes(600_000);
  await writeFile(small, content);
  await writeFile(large, Buffer.alloc(20_000_000, 1));
  const { messages } = await talk('lab', 'read it', '--attach', small);
  expect(messages[0]?.attachments).toMatchObject([{ name: 'notes.txt', bytes: content.length }]);
  expect(lab.callsOf('chat.send').at(-1)).toMatchObject({
    attachments: [{ fileName: 'notes.txt', mimeType: 'text/plain', content: content.toString('base64') }],
  });
  const sends = lab.callsOf('chat.send').length;
  const tooLarge = await refused('chat', 'lab', 'read', '--attach', large);
  expect(tooLarge).toMatchObject({ code: 'attachment_too_large' });
  expect(tooLarge.detail).toContain('20000000');
  expect(await refused('chat', 'lab', 'read', '--attach', machine.directory)).toMatchObject({
    code: 'file_unreadable',
  });
  expect(lab.callsOf('chat.send')).toHaveLength(sends);
});

test('messages are searched, and a chat is shared and made private again', async () => {
  const { chatId } = await talk('lab', 'where is the heron', '--new');
  const { messages } = await machine.ask<{ messages: FoundMessage[] }>(['chats', 'search', 'HERON where']);
  expect(messages.map((found) => [found.chatId, found.role])).toEqual([
    [chatId, 'assistant'],
    [chatId, 'user'],
  ]);
  const shared = await machine.ask<{ chat: Chat }>(['chats', 'share', chatId, 'open']);
  expect(shared.chat.visibility).toBe('open');
  const { chats } = await machine.ask<{ chats: Chat[] }>(['chats', 'list']);
  expect(chats.find(({ id }) => id === chatId)?.visibility).toBe('open');
  await machine.ask(['chats', 'share', chatId, 'private']);
});

test('the names of agents complete the command', async () => {
  const { stdout } = await machine.aether(['complete', '--', 'chat', 'la']);
  const suggested = stdout.split('\n').map((line) => line.split('\t')[0] ?? '');
  expect(suggested.filter((name) => name.startsWith('la'))).toEqual(['lab', 'lab/worker-b', 'lab/worker-c']);
});
