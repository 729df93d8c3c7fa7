import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openclawRequests, type Chat } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { useRealGateway } from '@aether/testing/real-gateway';
import { callTools, say } from '@aether/testing/scripted-model';
import { eventually } from '@aether/testing/eventually';
import { person, startBridgeUnderTest, type BridgeUnderTest } from './bridge-under-test.js';

const gateway = useRealGateway({ models: [{ id: 'scripted-1', images: true }] });
const RED_PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
  'base64',
);
const count = Array.from({ length: 40 }, (_, index) => `${index + 1} `);
const counted = count.join('').trim();

describe('with a real OpenClaw gateway', () => {
  let bridge: BridgeUnderTest;
  let chat: Chat;

  beforeAll(async () => {
    bridge = await startBridgeUnderTest();
    chat = await bridge.chatWith(gateway().url, gateway().token);
  });
  afterAll(() => bridge.stop());

  test('the skills that are ready to use are reported with the agent', async () => {
    const { deploymentId } = chat;
    await eventually(async () => {
      const { items } = await bridge.call(openclawRequests.listAgents, { deploymentId });
      expect(items[0]?.skills).toContain('skill-creator');
    });
  });

  test('a reply streams to the screen and is stored once', async () => {
    gateway().model.answer(() => say('Hello from a real gateway.', { chunkDelayMs: 20 }));
    const screen = bridge.follow(chat.id);
    await bridge.bus.flush();
    const sent = await bridge.send(chat.id, 'hello');
    expect(await bridge.reply(chat.id, sent, 60_000)).toMatchObject({
      state: 'complete',
      text: 'Hello from a real gateway.',
    });
    expect(screen.text()).toBe('Hello from a real gateway.');
    expect(screen.frames.filter(({ kind }) => kind === 'delta').length).toBeGreaterThan(1);
  });

  test('a tool call is shown with its result', async () => {
    gateway().model.answer(({ toolResults }) =>
      toolResults.length > 0
        ? say('Done.')
        : callTools([{ name: 'exec', arguments: { command: 'echo seen-by-a-tool' } }]),
    );
    const sent = await bridge.send(chat.id, 'use a tool');
    const reply = await bridge.reply(chat.id, sent, 60_000);
    expect(reply).toMatchObject({ state: 'complete', text: 'Done.' });
    expect(reply.toolCalls[0]).toMatchObject({ name: 'exec', isError: false });
    expect(reply.toolCalls[0]?.result).toContain('seen-by-a-tool');
  });

  test('a picture reaches the model as one, and a file the workspace of the agent', async () => {
    const parts: unknown[] = [];
    const tasks: string[] = [];
    gateway().model.answer(({ body, task, toolResults }) => {
      parts.push(...body.messages.flatMap(({ content }) => (Array.isArray(content) ? content : [])));
      tasks.push(task);
      const path = /[^\s"'[\]()<>|]*notes[^\s"'[\]()<>|]*\.txt/.exec(task)?.[0];
      return path && toolResults.length === 0
        ? callTools([{ name: 'read', arguments: { path } }])
        : say(`Seen. ${toolResults.join(' ')}`);
    });
    const owner: Partial<Context> = { actor: { type: 'user', id: person, role: 'operator' } };
    const bring = async (name: string, mediaType: string, content: Buffer) => {
      const attachmentId = newId();
      const whole = { bytes: content.length, offset: 0, content: content.toString('base64') };
      const piece = { id: chat.id, attachmentId, name, mediaType, ...whole };
      await bridge.call(openclawRequests.putAttachment, piece, owner);
      return attachmentId;
    };
    const attachmentIds = [
      await bring('red.png', 'image/png', RED_PIXEL),
      await bring('notes.txt', 'text/plain', Buffer.from('the code is heron-42')),
    ];
    const sent = await bridge.call(
      openclawRequests.sendMessage,
      { id: chat.id, text: 'what is this', attachmentIds },
      owner,
    );
    const reply = await bridge.reply(chat.id, sent, 90_000);
    expect({ ...reply, tasks }).toMatchObject({ state: 'complete' });
    expect(JSON.stringify(parts)).toContain(RED_PIXEL.toString('base64'));
    expect({ text: reply.text, tasks }).toMatchObject({
      text: expect.stringContaining('heron-42') as unknown,
    });
  });

  test('a service has the agent work in a directory, and learns what that used', async () => {
    const service: Partial<Context> = { actor: { type: 'service', id: 'orchestrator', role: null } };
    const directory = await mkdtemp(join(tmpdir(), 'aether-worktree-'));
    gateway().model.answer(({ toolResults }) =>
      toolResults.length > 0
        ? say('Written.')
        : callTools([{ name: 'write', arguments: { path: 'note.txt', content: 'here' } }]),
    );
    const input = { deploymentId: chat.deploymentId, directory };
    const own = await bridge.call(openclawRequests.createChat, input, service);
    const sent = await bridge.call(openclawRequests.sendMessage, { id: own.id, text: 'write it' }, service);
    expect(await bridge.reply(own.id, sent, 60_000)).toMatchObject({ state: 'complete', text: 'Written.' });
    expect(await readFile(join(directory, 'note.txt'), 'utf8')).toBe('here');
    const usage = await bridge.call(openclawRequests.getChatUsage, { id: own.id }, service);
    expect(usage.tokens).toBeGreaterThan(0);
    await rm(directory, { recursive: true });
  });

  test('an aborted turn ends at once and keeps its text', async () => {
    gateway().model.answer(() => say(count, { chunkDelayMs: 250 }));
    const screen = bridge.follow(chat.id);
    await bridge.bus.flush();
    const sent = await bridge.send(chat.id, 'count');
    await eventually(() => expect(screen.text()).toContain('2'), { timeoutMs: 30_000 });
    await bridge.call(openclawRequests.abortTurn, { id: chat.id });
    const reply = await bridge.reply(chat.id, sent, 30_000);
    expect(reply.state).toBe('aborted');
    expect(reply.text.startsWith('1 2')).toBe(true);
  });

  test('a gateway killed in the middle of a reply goes on, and every message is there once', async () => {
    gateway().model.answer(() => say(count, { chunkDelayMs: 150 }));
    const screen = bridge.follow(chat.id);
    await bridge.bus.flush();
    const sent = await bridge.send(chat.id, 'count again');
    await eventually(() => expect(screen.text()).toContain('3'), { timeoutMs: 90_000 });
    await gateway().kill();
    gateway().model.answer(() => say(count));
    await gateway().restart();
    const reply = await bridge.reply(chat.id, sent, 90_000);
    expect(reply).toMatchObject({ state: 'complete', text: counted });
    const messages = await bridge.messages(chat.id);
    expect(messages.filter(({ text }) => text === 'count again')).toHaveLength(1);
    expect(messages.filter(({ replyTo }) => replyTo === sent.id)).toHaveLength(1);
    await eventually(() => expect(screen.text().trim()).toBe(counted));
  }, 240_000);
});

describe('with the bridge killed in the middle of a reply', () => {
  test('every message is there once after it is back', async () => {
    const bridge = await startBridgeUnderTest({}, { startsBridge: false });
    let child = startProcess(bridge.environment);
    try {
      await isThere(bridge);
      const chat = await bridge.chatWith(gateway().url, gateway().token);
      gateway().model.answer(() => say(count, { chunkDelayMs: 150 }));
      const screen = bridge.follow(chat.id);
      await bridge.bus.flush();
      const sent = await bridge.send(chat.id, 'count');
      await eventually(() => expect(screen.text()).toContain('3'), { timeoutMs: 90_000 });
      child.kill('SIGKILL');
      await once(child, 'exit');
      child = startProcess(bridge.environment);
      await isThere(bridge);
      const reply = await bridge.reply(chat.id, sent, 60_000);
      expect(reply).toMatchObject({ state: 'complete', text: counted });
      expect(await bridge.messages(chat.id)).toHaveLength(2);
      await eventually(() => expect(screen.text().trim()).toBe(counted));
    } finally {
      child.kill('SIGKILL');
      await bridge.stop();
    }
  }, 240_000);
});

function isThere(bridge: BridgeUnderTest): Promise<unknown> {
  return eventually(() => bridge.call(openclawRequests.getHealth, {}), { timeoutMs: 30_000 });
}

function startProcess(environment: Readonly<Record<string, string>>): ChildProcess {
  const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
  return spawn(process.execPath, [program], { env: environment, stdio: 'inherit' });
}
