import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { authService } from '@aether/auth/service';
import type { CallInputOf, RequestContract } from '@aether/contracts/contract';
import { deployerRequests } from '@aether/contracts/deployer';
import { openclawRequests } from '@aether/contracts/openclaw';
import type { Context } from '@aether/messaging/context';
import { modelsService } from '@aether/models/service';
import { openclawBridgeService } from '@aether/openclaw-bridge/service';
import { openClawDirectory } from '@aether/testing/config';
import { eventually } from '@aether/testing/eventually';
import { as, startSystem, type System } from './system.js';

const { importTemplate } = deployerRequests;
const within = { timeoutMs: 180_000 };
/** What an author should not have written into a template, and did. */
const secrets = {
  named: `hunter2-${randomBytes(8).toString('hex')}`,
  shaped: `sk-${randomBytes(16).toString('hex')}`,
  bearer: randomBytes(20).toString('hex'),
};
const text = [
  'You look after the weather.',
  `WEATHER_API_KEY=${secrets.named}`,
  `For search use ${secrets.shaped}.`,
  `curl -H "Authorization: Bearer ${secrets.bearer}" https://example.com`,
].join('\n');
const file = {
  format: 'aether.template' as const,
  version: 1 as const,
  template: {
    ...{ id: 'weather', name: 'Weather', summary: 'Looks after it.', capabilities: ['writing'] },
    memoryMb: 64,
    files: { 'AGENTS.md': text, 'SOUL.md': text },
  },
  toGiveAgain: [],
};

let system: System;
let log = '';
const gather = (chunk: unknown) => (log += String(chunk));

beforeAll(async () => {
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => Boolean(gather(chunk)));
  system = await startSystem(
    { RUNTIME_DIR: openClawDirectory, LOG_LEVEL: 'trace', LOG_PRETTY: 'false' },
    {
      services: [
        { service: authService, settings: { MASTER_KEY: randomBytes(32).toString('base64') } },
        { service: openclawBridgeService, settings: {} },
        { service: modelsService, settings: { MODELS_PORT: '0', DEMO_DELAY_MS: '1' } },
      ],
    },
  );
}, 300_000);
afterAll(async () => {
  await system.stop();
  jest.restoreAllMocks();
});

test('attack: secrets written into a template are in no log, deployment log, event or reply', async () => {
  const replies: unknown[] = [];
  const ask = async <C extends RequestContract>(contract: C, input: CallInputOf<C>, context?: Context) => {
    const reply = await system.call(contract, input, context);
    replies.push(reply);
    return reply;
  };
  const refusedToImport = (input: unknown) =>
    system.call(importTemplate, input as CallInputOf<typeof importTemplate>).catch((error: unknown) => {
      replies.push(inspect(error, { depth: 10 }));
    });
  const deployer = await system.spawn();
  deployer.stdout?.on('data', gather);

  await refusedToImport({ file: { ...file, format: 'other' } });
  await ask(importTemplate, { file });
  const other = { ...file.template, files: { 'AGENTS.md': `${text}\nand more` } };
  await refusedToImport({ file: { ...file, template: other } });
  expect(replies).toHaveLength(3);
  const { id } = await ask(deployerRequests.createDeployment, { name: 'weather-1', template: 'weather' });
  await system.inState(id, 'ready', within);
  const chat = await ask(openclawRequests.createChat, { deploymentId: id });
  await ask(openclawRequests.sendMessage, { id: chat.id, text: 'hello' });
  await eventually(async () => {
    const { items } = await system.call(openclawRequests.listMessages, { id: chat.id });
    expect(items.find(({ role }) => role === 'assistant')).toMatchObject({ state: 'complete' });
  }, within);
  await ask(deployerRequests.savePreset, { name: 'weather-preset', deployment: id });
  await ask(deployerRequests.stopDeployment, { id });
  await system.inState(id, 'stopped', within);

  for (const role of ['viewer', 'admin'] as const) {
    await ask(deployerRequests.listTemplates, {}, as(role));
    await ask(deployerRequests.exportTemplate, { id: 'weather' }, as(role));
    await ask(deployerRequests.exportPreset, { id: 'weather-preset' }, as(role));
    await ask(deployerRequests.getPreset, { id: 'weather-preset' }, as(role));
    await ask(deployerRequests.getDeployment, { id }, as(role));
    await ask(deployerRequests.listDeployments, {}, as(role));
    await ask(deployerRequests.readLogs, { id, limit: 2_000, raw: true }, as(role));
    await ask(openclawRequests.listConnections, {}, as(role));
    await ask(openclawRequests.listAgents, {}, as(role));
  }
  await ask(openclawRequests.listMessages, { id: chat.id });
  const places = {
    log,
    events: await system.told(['deployer', 'openclaw', 'models', 'auth']),
    replies: JSON.stringify(replies),
  };
  expect(places.log).toContain('"service":"deployer"');
  expect(places.events).toContain('weather-1');
  expect(places.replies).toContain('[secret]');
  for (const [name, place] of Object.entries(places))
    for (const [kind, secret] of Object.entries(secrets))
      expect({ name, kind, found: place.includes(secret) }).toEqual({ name, kind, found: false });
}, 600_000);
