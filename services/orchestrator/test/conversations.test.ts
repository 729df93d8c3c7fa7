import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { jasonLive, jasonRequests, type JasonFrame, type JasonMessage } from '@aether/contracts/jason';
import { missionsRequests } from '@aether/contracts/missions';
import type { Context } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { schemaDrift } from '@aether/persistence/data-source';
import { callTools, cut, fail, hang, say, ScriptedModel } from '@aether/testing/scripted-model';
import { eventually } from '@aether/testing/eventually';
import { orchestratorService } from '../src/service.js';
import { person, startOrchestrator, type Orchestrator } from './system.js';

const {
  createConversation,
  getConversation,
  deleteConversation,
  listConversations,
  sayToJason,
  abortJason,
  listJasonMessages,
  followConversation,
} = jasonRequests;
const { addTask, createMission, getMission, listMissions } = missionsRequests;

let system: Orchestrator;
let model: ScriptedModel;
let by: Context;
beforeAll(async () => {
  model = await ScriptedModel.start();
  system = await startOrchestrator({
    MODEL_PROVIDER_BASE_URL: model.url,
    MODEL_PROVIDER_API_KEY: 'key',
    MODEL_PROVIDER_MODEL: 'scripted-1',
  });
  by = person();
});
afterAll(async () => {
  await system.stop();
  await model.stop();
});

const begin = async (who = by) => (await system.call(createConversation, {}, who)).id;
const messages = async (id: string, who = by) =>
  (await system.call(listJasonMessages, { id, limit: 200 }, who)).items.reverse();

/** Says something and waits for the end of the answer. */
async function talk(id: string, text: string, who = by): Promise<JasonMessage> {
  await system.call(sayToJason, { id, text }, who);
  return eventually(
    async () => {
      const answer = (await messages(id, who)).at(-1) as JasonMessage;
      expect(['complete', 'failed', 'aborted']).toContain(answer.state);
      return answer;
    },
    { timeoutMs: 30_000 },
  );
}

/** Calls a tool first and then tells what it answered. */
const acting = (name: string, input: Record<string, unknown>) =>
  model.answer(({ toolResults }) =>
    toolResults.length === 0 ? callTools([{ name, arguments: input }]) : say(`Told: ${toolResults.at(-1)}`),
  );

describe('a conversation with Jason', () => {
  test('streams the answer in pieces that add up, and keeps it', async () => {
    const id = await begin();
    const frames: JasonFrame[] = [];
    const stop = system.gateway.followLive(jasonLive.conversation, id, ({ data }) => frames.push(data));
    await system.gateway.flush();
    model.answer(() => say('One two three four five six seven', { chunkDelayMs: 60 }));
    const answer = await talk(id, 'Count');
    stop();
    expect(answer).toMatchObject({
      role: 'jason',
      text: 'One two three four five six seven',
      demo: false,
      seq: 2,
    });
    let text = '';
    for (const frame of frames) {
      if (frame.kind === 'message' && frame.message.role === 'jason') text = frame.message.text;
      if (frame.kind === 'delta') text = text.slice(0, frame.offset) + frame.delta;
    }
    expect(text).toBe(answer.text);
    expect(frames.filter(({ kind }) => kind === 'delta').length).toBeGreaterThan(1);
    const { entries } = await system.call(followConversation, { id }, by);
    expect(entries.map(({ data }) => data.kind === 'message' && data.message.text)).toEqual([
      'Count',
      answer.text,
    ]);
  });

  test('acts for the person: a mission is made, and the conversation is about it from then on', async () => {
    const id = await begin();
    acting('create_mission', { goal: 'Paint the fence', title: null, repository: null });
    const answer = await talk(id, 'Paint the fence');
    const [action] = answer.actions;
    expect(action).toMatchObject({ name: 'create_mission', isError: false, missionId: expect.any(String) });
    const mission = await system.call(getMission, { id: action?.missionId ?? '' }, by);
    expect(mission).toMatchObject({ goal: 'Paint the fence', createdBy: by.actor.id });
    expect(await system.call(getConversation, { id }, by)).toMatchObject({ missionId: mission.id });
    acting('show_mission', { missionId: null });
    expect((await talk(id, 'How is it?')).text).toContain('"Paint the fence" is');
    acting('cancel_mission', { missionId: null });
    await talk(id, 'Cancel it');
    expect(await system.call(getMission, { id: mission.id }, by)).toMatchObject({ state: 'cancelled' });
  });

  test('steers a mission as the person says', async () => {
    const { id: missionId } = await system.call(createMission, { goal: 'Paint', plan: false }, by);
    const task = { missionId, key: 'paint', title: 'Paint', instructions: 'paint', requires: ['painting'] };
    await system.call(addTask, task, by);
    const id = (await system.call(createConversation, { missionId }, by)).id;
    const steps = [
      ['approve_mission', 'running'],
      ['pause_mission', 'paused'],
      ['resume_mission', 'running'],
    ] as const;
    for (const [name, state] of steps) {
      acting(name, { missionId: null });
      await talk(id, name);
      expect(await system.call(getMission, { id: missionId }, by)).toMatchObject({ state });
    }
    acting('review_task', { missionId: null, task: 'paint', verdict: 'accept', comment: null });
    expect((await talk(id, 'Accept it')).actions[0]).toMatchObject({ isError: true });
  });

  test('has no more rights than the person', async () => {
    const viewer = person('viewer');
    const id = await begin(viewer);
    acting('create_mission', { goal: 'Sneak', title: null, repository: null });
    const answer = await talk(id, 'Do it for me', viewer);
    expect(answer.actions[0]).toMatchObject({
      isError: true,
      result: expect.stringContaining('missions:write'),
    });
    const { items } = await system.call(listMissions, { search: 'Sneak' }, person('admin'));
    expect(items).toEqual([]);
  });

  test('is remembered: what was said and done before is told to the model', async () => {
    const id = await begin();
    model.answer(() => say('Nice to meet you.'));
    await talk(id, 'My name is Ada.');
    const from = model.requests.length;
    await talk(id, 'What is my name?');
    expect(JSON.stringify(model.requests[from]?.body.messages)).toMatch(
      /Ada.*Nice to meet you.*What is my name/,
    );
  });

  test('takes one thing at a time, and the same thing once', async () => {
    const id = await begin();
    model.answer(() => hang());
    const once = { ...by, idempotencyKey: newId() };
    const said = await system.call(sayToJason, { id, text: 'Hello' }, once);
    expect(await system.call(sayToJason, { id, text: 'Hello' }, once)).toEqual(said);
    await expect(system.call(sayToJason, { id, text: 'More' }, by)).rejects.toMatchObject({
      code: 'jason_busy',
    });
    expect(await system.call(abortJason, { id }, by)).toEqual({ aborted: true });
    await eventually(async () => expect((await messages(id)).at(-1)).toMatchObject({ state: 'aborted' }), {
      timeoutMs: 20_000,
    });
    expect(await system.call(abortJason, { id }, by)).toEqual({ aborted: false });
  });

  test.each([
    ['refuses', () => fail(401, { message: 'bad key' })],
    ['breaks off', () => cut('Once upon a')],
  ])('tells why there is no answer when the model %s', async (_, reply) => {
    const id = await begin();
    model.answer(reply);
    expect(await talk(id, 'Hello')).toMatchObject({
      state: 'failed',
      reason: { code: 'model_failed', remedy: expect.any(String) },
    });
  });

  test('that was interrupted by a stop says so, and goes on with the next word', async () => {
    const id = await begin();
    model.answer(() => hang());
    await system.call(sayToJason, { id, text: 'Hello' }, by);
    await eventually(async () => expect((await messages(id)).at(-1)).toMatchObject({ state: 'streaming' }));
    await system.restart();
    await eventually(
      async () =>
        expect((await messages(id)).at(-1)).toMatchObject({
          state: 'failed',
          reason: { code: 'interrupted' },
        }),
      { timeoutMs: 30_000 },
    );
    model.answer(() => say('Here I am.'));
    expect(await talk(id, 'Are you there?')).toMatchObject({ state: 'complete', text: 'Here I am.' });
  });

  test('is there for its person only, administrators included', async () => {
    const id = await begin();
    for (const other of [person(), person('admin')]) {
      const refused = { code: 'conversation_not_found' };
      await expect(system.call(getConversation, { id }, other)).rejects.toMatchObject(refused);
      await expect(system.call(sayToJason, { id, text: 'Hi' }, other)).rejects.toMatchObject(refused);
      await expect(system.call(followConversation, { id }, other)).rejects.toMatchObject(refused);
      await expect(system.call(listJasonMessages, { id }, other)).rejects.toMatchObject(refused);
      await expect(system.call(deleteConversation, { id }, other)).rejects.toMatchObject(refused);
      expect((await system.call(listConversations, {}, other)).items).toEqual([]);
    }
    await system.call(deleteConversation, { id }, by);
    await expect(system.call(getConversation, { id }, by)).rejects.toMatchObject({
      code: 'conversation_not_found',
    });
  });

  test('is followed from a cursor; one that nobody gave is refused', async () => {
    const id = await begin();
    model.answer(() => say('Fine.'));
    await talk(id, 'How are you?');
    const { cursor } = await system.call(followConversation, { id }, by);
    expect(cursor).toBe('2:5');
    const again = await system.call(followConversation, { id, after: cursor }, by);
    expect(again.entries).toHaveLength(1);
    await expect(system.call(followConversation, { id, after: 'x' }, by)).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });
});

test('the migrations make exactly the tables of the entities', async () => {
  expect(await schemaDrift({ url: system.database.url, schema: orchestratorService.schema })).toEqual([]);
});
