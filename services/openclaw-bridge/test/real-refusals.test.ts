import { beforeEach, describe, expect, test } from '@jest/globals';
import { approvalRequests } from '@aether/contracts/approvals';
import { ContractFailure } from '@aether/contracts/failure';
import { openclawRequests } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { useRealGateway } from '@aether/testing/real-gateway';
import { callTools, say } from '@aether/testing/scripted-model';
import type { RequestFrame } from '@aether/testing/tampering-proxy';
import { NEEDED_SCOPES } from '../src/gateway/offers.js';
import { operator, useRemote, without } from './remote-under-test.js';

const { createAgent, createChat, deleteAgent, listAgentFiles, sendMessage, testConnection } =
  openclawRequests;
const { decideApproval, listApprovals } = approvalRequests;
const service: Partial<Context> = { actor: { type: 'service', id: 'orchestrator', role: null } };
/** More than it takes at once. */
const AT_ONCE = 600;
/** In a minute. */
const PATCHES_MAX = 30;

const gateway = useRealGateway();
const remote = useRemote(gateway);
let id: string;
beforeEach(() => gateway().model.answer(() => say('Yes.')));

const connected = async () => {
  id = await remote().connect(remote().near);
  await remote().outcome(id, { state: 'connected' });
};

/** Changes the requests of this method alone. */
const changing = (method: string, change: Partial<RequestFrame>) => (frame: RequestFrame) =>
  frame.method === method ? { ...frame, ...change, params: { ...frame.params, ...change.params } } : frame;

/** Many requests by the connection that the bridge holds, which are answered to nobody. */
const flood = (count: number, method: string) => {
  for (let at = 0; at < count; at += 1)
    remote().near.inject(JSON.stringify({ type: 'req', id: `flood-${at}`, method, params: {} }));
};

/** Has the first request of this method come after more than the gateway takes. */
const crowded = (method: string) => {
  let isFirst = true;
  return (frame: RequestFrame) => {
    if (frame.method === method && isFirst) {
      isFirst = false;
      flood(AT_ONCE, 'sessions.list');
    }
    return frame;
  };
};

/** What a person is told who asks for an agent's files. */
async function toldOfFiles(): Promise<{ code: string; detail: string; hint: string }> {
  const asked = remote().bridge.call(listAgentFiles, { deploymentId: id, agentId: 'main' }, operator);
  const failure: unknown = await asked.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(failure instanceof ContractFailure)) throw new Error('it was not refused', { cause: failure });
  const { code, message: detail, hint } = failure;
  return { code, detail, hint };
}

/** How a message fails. */
async function toldOfMessage(agentId = 'main') {
  const { bridge } = remote();
  const chat = await bridge.call(createChat, { deploymentId: id, agentId }, operator);
  const { state, reason } = await bridge.reply(chat.id, await bridge.send(chat.id, 'hello'), 60_000);
  expect(state).toBe('failed');
  return reason;
}

/** How a connection that is only tried out fails. */
async function toldOfProbe() {
  const { near, bridge } = remote();
  const target = { url: near.url, auth: 'token' as const, credential: gateway().token };
  return (await bridge.call(testConnection, target, operator)).reason;
}

describe('what a real gateway refuses is told by its reason and what to do, whoever asked:', () => {
  test.each<[string, { change: Partial<RequestFrame>; code: string; cause: RegExp; remedy: RegExp }]>([
    [
      'a method that it does not know',
      {
        change: { method: 'of.tomorrow' },
        code: 'method_missing',
        cause: /of\.tomorrow/,
        remedy: /^Update OpenClaw/,
      },
    ],
    [
      'a parameter that it does not know',
      {
        change: { params: { unheardOf: 1 } },
        code: 'request_invalid',
        cause: /unheardOf/,
        remedy: /^Run OpenClaw/,
      },
    ],
  ])('%s', async (_name, { change, ...told }) => {
    const { code } = told;
    const cause = expect.stringMatching(told.cause);
    const remedy = expect.stringMatching(told.remedy);
    await connected();
    const { near } = remote();
    near.request = changing('chat.send', change);
    expect(await toldOfMessage()).toEqual({ code, cause, remedy });
    near.request = changing('agents.files.list', change);
    expect(await toldOfFiles()).toEqual({ code: 'gateway_refused', detail: cause, hint: remedy });
    near.request = changing('agents.list', change);
    expect(await toldOfProbe()).toEqual({ code, cause, remedy });
  });

  test('a scope that it withholds although it was not seen at the handshake', async () => {
    const { near } = remote();
    near.connect = (frame) => without(frame, { scopes: ['operator.read'] });
    near.hello = (hello) => ({ ...hello, auth: { ...hello.auth, scopes: [...NEEDED_SCOPES] } });
    await connected();
    const remedy = expect.stringContaining('approve the new device');
    expect(await toldOfMessage()).toEqual({
      code: 'scope_missing',
      cause: 'The gateway withholds operator.write.',
      remedy,
    });
    near.request = changing('agents.files.list', {
      method: 'agents.files.set',
      params: { name: 'SOUL.md', content: '' },
    });
    expect(await toldOfFiles()).toEqual({
      code: 'gateway_refused',
      detail: 'The gateway withholds operator.admin.',
      hint: remedy,
    });
    near.request = changing('agents.list', { method: 'config.patch' });
    expect(await toldOfProbe()).toMatchObject({ code: 'scope_missing', remedy });
  });

  test('a message to an agent that was removed', async () => {
    await connected();
    const { bridge } = remote();
    const agent = await bridge.call(createAgent, { deploymentId: id, name: 'Passing' }, operator);
    const chat = await bridge.call(createChat, { deploymentId: id, agentId: agent.id }, operator);
    await bridge.call(deleteAgent, { deploymentId: id, agentId: agent.id }, operator);
    expect(await bridge.reply(chat.id, await bridge.send(chat.id, 'hello'), 60_000)).toMatchObject({
      state: 'failed',
      reason: { code: 'agent_gone', cause: 'The gateway has no agent “passing” any more.' },
    });
  });

  test('a decision about a command, which waits on', async () => {
    await connected();
    const { bridge, near } = remote();
    gateway().model.answer(({ toolResults }) =>
      toolResults.length > 0
        ? say('Yes.')
        : callTools([{ name: 'exec', arguments: { command: 'echo asked' } }]),
    );
    const input = { deploymentId: id, permissions: 'guarded' as const };
    const chat = await bridge.call(createChat, input, service);
    const sent = await bridge.call(sendMessage, { id: chat.id, text: 'run it' }, service);
    const waiting = await eventually(
      async () => {
        const query = { chatId: chat.id, state: 'pending' as const };
        const [approval] = (await bridge.call(listApprovals, query, operator)).items;
        if (!approval) throw new Error('nothing waits');
        return approval;
      },
      { timeoutMs: 60_000 },
    );
    const decide = () =>
      bridge.call(decideApproval, { id: waiting.id, decision: 'allow' as const }, operator);
    near.request = changing('exec.approval.resolve', { method: 'of.tomorrow' });
    await expect(decide()).rejects.toMatchObject({
      code: 'gateway_away',
      message: 'This gateway does not know of.tomorrow.',
      hint: expect.stringMatching(/^Update OpenClaw/),
    });
    near.behave();
    expect(await decide()).toMatchObject({ state: 'allowed' });
    expect(await bridge.reply(chat.id, sent, 60_000)).toMatchObject({ state: 'complete', text: 'Yes.' });
  });

  test('more than it takes at once', async () => {
    await connected();
    remote().near.request = crowded('agents.files.list');
    expect(await toldOfFiles()).toEqual({
      code: 'gateway_away',
      detail: 'The gateway has more requests at once than it takes.',
      hint: expect.stringContaining('in a moment'),
    });
  });

  test('more than it takes at once, but of messages, which are sent again by themselves', async () => {
    await connected();
    const { bridge, near } = remote();
    const chat = await bridge.call(createChat, { deploymentId: id }, operator);
    let sent = 0;
    const crowd = crowded('chat.send');
    near.request = (frame) => {
      if (frame.method === 'chat.send') sent += 1;
      return crowd(frame);
    };
    const message = await bridge.send(chat.id, 'hello');
    expect(await bridge.reply(chat.id, message, 90_000)).toMatchObject({ state: 'complete', text: 'Yes.' });
    expect(sent).toBeGreaterThan(1);
  });

  test('what it takes only so often, with how long to wait', async () => {
    await connected();
    flood(PATCHES_MAX, 'config.patch');
    remote().near.request = changing('agents.files.list', { method: 'config.patch' });
    expect(await toldOfFiles()).toEqual({
      code: 'gateway_away',
      detail: 'The gateway takes config.patch only so often.',
      hint: expect.stringMatching(/^Try again in \d+ seconds\.$/),
    });
  });
});
