import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Message } from '@aether/contracts/openclaw';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventually } from '@aether/testing/eventually';
import { Machine, outcomeOf } from './machine.js';

/** The demo model counts slowly enough that a process can be killed while the reply is on its way: about 9 s. */
const LONG_REPLY = 'count to 60';
const victims = ['NATS', 'PostgreSQL', 'the agent', 'the host'] as const;

describe('kill -9 of any process', () => {
  let machine: Machine;
  let deploymentId: string;
  beforeAll(async () => {
    machine = await Machine.make({ agents: true });
    await machine.ask(['up', '--detach']);
    await machine.ask(['setup', '--email', 'person@example.org', '--password-stdin'], {
      input: 'a long enough password',
    });
    const args = ['deploy', '--template', 'general', '--name', 'first', '--wait'];
    const { deployment } = await machine.ask<{ deployment: { id: string } }>(args);
    deploymentId = deployment.id;
  }, 600_000);
  afterAll(() => machine.remove(), 90_000);

  async function kill(victim: (typeof victims)[number]): Promise<void> {
    const pid = {
      NATS: () => machine.pidIn('nats', 'nats.pid'),
      PostgreSQL: () => machine.pidIn('postgres', 'data', 'postmaster.pid'),
      'the agent': () => machine.pidIn('deployments', deploymentId, 'process.json'),
      'the host': () => machine.pidIn('host.json'),
    }[victim];
    process.kill(await pid(), 'SIGKILL');
    if (victim === 'the host') await machine.ask(['up', '--detach']);
  }

  test.each(victims)(
    'while a reply streams: %s comes back, the reply ends, and every message is there once',
    async (victim) => {
      const child = machine.start(['chat', 'first', LONG_REPLY, '--new', '--json']);
      const chatting = outcomeOf(child);
      const begun = await streamBegins(machine);
      await kill(victim);
      const { code, json } = await chatting;
      const answer = json<{ chatId: string; error?: { detail: string; hint: string } }>();
      if (code !== 0)
        expect(answer.error).toMatchObject({ detail: expect.any(String), hint: expect.any(String) });

      const messages = await messagesOf(machine, begun);
      expect(messages.filter(({ role }) => role === 'user')).toHaveLength(1);
      expect(messages.filter(({ role }) => role === 'assistant')).toHaveLength(1);
      expect(messages.map(({ seq }) => seq)).toEqual(messages.map((_, index) => index + 1));
      if (code === 0) expect(messages.at(-1)).toMatchObject({ state: 'complete' });
    },
    300_000,
  );

  test('in the middle of a deploy, of NATS, PostgreSQL and the host in turn: it finishes', async () => {
    const child = machine.start(['deploy', '--template', 'research', '--name', 'second', '--wait', '--json']);
    const deploying = outcomeOf(child);
    await eventually(
      async () => expect((await readdir(join(machine.directory, 'data', 'deployments'))).length).toBe(2),
      { timeoutMs: 60_000 },
    );
    await kill('NATS');
    await kill('PostgreSQL');
    await kill('the host');
    const { code, json } = await deploying;
    const { deployment, error } = json<{ deployment?: { state: string }; error?: unknown }>();
    expect({ code, error, state: deployment?.state }).toEqual({ code: 0, state: 'ready' });
  }, 600_000);

  test('of a new agent in the middle of its deploy: the deploy says why, and one repair finishes it', async () => {
    const deploying = outcomeOf(
      machine.start(['deploy', '--template', 'coding', '--name', 'third', '--wait', '--json']),
    );
    const pid = await eventually(
      async () => {
        const { id } = await get<{ id: string }>(machine, '/api/v1/deployments/third');
        return machine.pidIn('deployments', id, 'process.json');
      },
      { timeoutMs: 60_000 },
    );
    process.kill(pid, 'SIGKILL');
    const { code, json } = await deploying;
    expect(code).not.toBe(0);
    expect(json().error).toMatchObject({
      code: 'killed',
      hint: expect.stringContaining('npx aether retry third'),
    });
    expect(await machine.ask(['retry', 'third', '--wait'])).toMatchObject({
      deployment: { state: 'ready' },
    });
  }, 600_000);

  test('Ctrl-C in the foreground stops everything in order', async () => {
    const other = await Machine.make();
    try {
      const child = other.start(['up']);
      const outcome = outcomeOf(child);
      await new Promise<void>((resolve) =>
        child.stdout?.on('data', (text: Buffer) =>
          text.includes('Ctrl-C stops it') ? resolve() : undefined,
        ),
      );
      const pids = [
        await other.pidIn('nats', 'nats.pid'),
        await other.pidIn('postgres', 'data', 'postmaster.pid'),
      ];
      child.kill('SIGINT');
      const { code, stdout } = await outcome;
      expect(code).toBe(0);
      const order = ['stopped gateway', 'stopped deployer', 'stopped NATS', 'stopped PostgreSQL'];
      const places = order.map((text) => stdout.indexOf(text));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places[0]).toBeGreaterThan(0);
      for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    } finally {
      await other.remove();
    }
  });
});

/** Waits until the newest chat has a reply with some text; its id. */
async function streamBegins(machine: Machine): Promise<string> {
  return eventually(
    async () => {
      const { items } = await get<{ items: { id: string }[] }>(machine, '/api/v1/chats?limit=1');
      const chatId = items[0]?.id ?? '';
      const messages = await messagesOf(machine, chatId);
      const reply = messages.find(({ role }) => role === 'assistant');
      expect(reply).toMatchObject({ state: 'streaming', text: expect.stringContaining('3') });
      return chatId;
    },
    { timeoutMs: 120_000 },
  );
}

/** Messages of a chat, oldest first. */
async function messagesOf(machine: Machine, chatId: string): Promise<Message[]> {
  const { items } = await get<{ items: Message[] }>(machine, `/api/v1/chats/${chatId}/messages?limit=200`);
  return items.reverse();
}

async function get<T>(machine: Machine, path: string): Promise<T> {
  const response = await fetch(machine.url + path, {
    headers: { authorization: `Bearer ${await machine.apiKey()}` },
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}
