import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { authRequests } from '@aether/contracts/auth';
import { modelsRequests } from '@aether/contracts/models';
import { openclawRequests, type Chat } from '@aether/contracts/openclaw';
import { newId } from '@aether/messaging/id';
import { eventually } from '@aether/testing/eventually';
import { RealGateway } from '@aether/testing/real-gateway';
import { ScriptedModel, callTools, say } from '@aether/testing/scripted-model';
import { as, asService, startModels } from './system.js';

const usage = { promptTokens: 1_200, completionTokens: 34, cachedTokens: 200 };
const operator = as('operator');
let model: ScriptedModel;
let models: Awaited<ReturnType<typeof startModels>>;
let gateway: RealGateway;
let deploymentId: string;

beforeAll(async () => {
  model = await ScriptedModel.start();
  const settings = {
    MODEL_PROVIDER_BASE_URL: model.url,
    MODEL_PROVIDER_MODEL: 'scripted-1',
    MODEL_PROVIDER_INPUT_USD_PER_MILLION: '3',
    MODEL_PROVIDER_OUTPUT_USD_PER_MILLION: '15',
    USAGE_CHECK_AFTER_MS: '500',
  };
  models = await startModels(settings, ['auth', 'openclaw-bridge']);
  deploymentId = newId();
  const { key } = await models.call(modelsRequests.issueVirtualKey, { deploymentId });
  gateway = await RealGateway.start({ model, endpoint: { baseUrl: models.baseUrl, key } });
  const { id: tokenSecretId } = await models.call(authRequests.storeSecret, {
    name: 'gateway token',
    value: gateway.token,
  });
  const target = { deploymentId, name: 'first', url: gateway.url, tokenSecretId };
  await models.call(openclawRequests.openConnection, target);
  await eventually(async () => {
    const { items } = await models.call(openclawRequests.listAgents, { deploymentId });
    if (!items[0]?.online) throw new Error('the agent is not there yet');
  });
}, 300_000);
afterAll(async () => {
  await gateway?.stop();
  await models?.stop();
});

const newChat = () => models.call(openclawRequests.createChat, { deploymentId }, operator);
const turn = async (chat: Chat, text: string) => {
  const sent = await models.call(openclawRequests.sendMessage, { id: chat.id, text }, operator);
  return eventually(
    async () => {
      const { items } = await models.call(openclawRequests.listMessages, { id: chat.id });
      const reply = items.find(({ replyTo, finishedAt }) => replyTo === sent.id && finishedAt !== null);
      if (!reply) throw new Error('no reply yet');
      return reply;
    },
    { timeoutMs: 60_000 },
  );
};
/** Once its turn was checked without anybody asking. */
const checkOf = (chat: Chat) =>
  eventually(
    async () => {
      const { items } = await models.call(modelsRequests.listUsageChecks, { deploymentId }, as('viewer'));
      const check = items.find(({ id }) => id === chat.id);
      if (check?.finding == null || check.state !== 'checked') throw new Error(JSON.stringify(check));
      return check;
    },
    { timeoutMs: 30_000 },
  );

describe('a real gateway that asks its models through Aether', () => {
  test('and the ledger agree call by call about a turn with two model calls', async () => {
    model.answer(({ toolResults }) =>
      toolResults.length > 0
        ? say('Written.', { usage })
        : { ...callTools([{ name: 'write', arguments: { path: 'note.txt', content: 'here' } }]), usage },
    );
    const chat = await newChat();
    expect(await turn(chat, 'write it')).toMatchObject({ state: 'complete' });
    const check = await checkOf(chat);
    expect(check).toMatchObject({
      finding: 'agrees',
      ledger: { calls: 2, inputTokens: 2_400, outputTokens: 68 },
      gateway: { calls: 2, inputTokens: 2_400, outputTokens: 68 },
      parts: { equal: { calls: 2 } },
    });
    expect(check.session).not.toBeNull();
  });

  test('differ by an aborted call, which is explained', async () => {
    model.answer(() => say('1 2 3 4 5 6 7 8 9', { chunkDelayMs: 400, usage }));
    const chat = await newChat();
    const ended = turn(chat, 'count');
    await eventually(
      async () => {
        const { items } = await models.call(openclawRequests.listMessages, { id: chat.id });
        if (!items.some(({ role, text }) => role === 'assistant' && text.includes('2')))
          throw new Error('nothing is said yet');
      },
      { timeoutMs: 30_000 },
    );
    await models.call(openclawRequests.abortTurn, { id: chat.id }, operator);
    expect(await ended).toMatchObject({ state: 'aborted' });
    const check = await eventually(async () => {
      const found = await checkOf(chat);
      if (found.ledger.calls === 0) {
        await models.call(modelsRequests.checkUsage, { chatId: chat.id }, operator);
        throw new Error('the aborted call is not written yet');
      }
      return found;
    });
    expect(check).toMatchObject({
      finding: 'explained',
      gateway: { calls: 0 },
      parts: { unfinished: { calls: 1 }, lost: { calls: 0 } },
    });
    expect(check.notes[0]).toMatch(/aborted/);
  });

  test('differ by a call that is missing here, which is looked at again and then told as lost', async () => {
    model.answer(() => say('Here.', { usage }));
    const chat = await newChat();
    await turn(chat, 'hello');
    expect(await checkOf(chat)).toMatchObject({ finding: 'agrees' });
    await models.database.query('DELETE FROM usage WHERE deployment_id = $1', [deploymentId]);
    const asked = await models.call(modelsRequests.checkUsage, { chatId: chat.id }, operator);
    expect(asked).toEqual({ checked: 1, left: 0 });
    const { items } = await models.call(modelsRequests.listUsageChecks, { finding: 'differs' }, operator);
    expect(items.find(({ id }) => id === chat.id)).toMatchObject({
      state: 'waiting',
      parts: { lost: { calls: 1, inputTokens: 1_200, outputTokens: 34 } },
    });
    const sums = await models.call(modelsRequests.summariseUsageChecks, { deploymentId }, operator);
    expect(sums.items[0]).toMatchObject({ deploymentId, differing: 1, waiting: 1 });
  });

  test('are told apart from a gateway that is away, which is asked again', async () => {
    const chat = await newChat();
    await turn(chat, 'hello');
    await checkOf(chat);
    await models.call(openclawRequests.closeConnection, { deploymentId }, asService);
    expect(await models.call(modelsRequests.checkUsage, { chatId: chat.id }, operator)).toEqual({
      checked: 0,
      left: 0,
    });
    const { items } = await models.call(modelsRequests.listUsageChecks, { deploymentId }, operator);
    expect(items.find(({ id }) => id === chat.id)).toMatchObject({
      state: 'waiting',
      finding: 'agrees',
      cause: 'The gateway of the agent was not connected.',
    });
  });
});
