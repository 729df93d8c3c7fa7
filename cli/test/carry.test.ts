import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Deployment, Preset, Template } from '@aether/contracts/deployer';
import type { ModelProvider, OfferedModel } from '@aether/contracts/providers';
import { eventually } from '@aether/testing/eventually';
import { Machine } from './machine.js';

let machine: Machine;
let provider: Server;
let providerUrl: string;

beforeAll(async () => {
  provider = createServer((request, response) => {
    if (request.headers.authorization !== 'Bearer sk-good') return void response.writeHead(401).end();
    response.setHeader('content-type', 'application/json');
    const models = [{ id: 'big-1', context_length: 200_000 }, { id: 'small-1' }];
    const said = { index: 0, message: { role: 'assistant', content: 'yes' }, finish_reason: 'stop' };
    response.end(JSON.stringify(request.method === 'GET' ? { data: models } : { id: 'c', choices: [said] }));
  });
  provider.listen(0, '127.0.0.1');
  await once(provider, 'listening');
  providerUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
  machine = await Machine.make({ agents: true });
  const settings = { OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8', METRICS_LOOPBACK: 'true' };
  await machine.ask(['up', '--detach'], { environment: settings });
  const account = ['setup', '--email', 'person@example.org', '--password-stdin'];
  await machine.ask(account, { input: 'a long enough password' });
}, 600_000);
afterAll(async () => {
  await machine.remove();
  provider.closeAllConnections();
  provider.close();
});

const refused = async (args: readonly string[], input?: string) => {
  const outcome = await machine.aether([...args, '--json'], { ...(input !== undefined && { input }) });
  expect(outcome.code).not.toBe(0);
  return outcome.json<{ error: { code: string } }>().error.code;
};
const names = (deployments: readonly Deployment[]) => deployments.map(({ name }) => name).sort();

test('a model provider is added once its key was tried, changed, made the default and forgotten', async () => {
  const add = ['provider', 'add', 'openai-compatible', '--name', 'lab', '--url', providerUrl];
  const asked = [...add, '--models', 'big-1', '--key-stdin'];
  expect(await refused(asked, 'sk-wrong')).toBe('key_refused');
  const added = await machine.ask<{ provider: ModelProvider }>(asked, { input: 'sk-good' });
  expect(added.provider).toMatchObject({
    ...{ name: 'lab', hasKey: true, enabled: true },
    models: [{ id: 'big-1', contextWindow: 200_000 }],
  });
  const offered = await machine.ask<{ models: OfferedModel[] }>(['provider', 'models', 'lab']);
  expect(offered.models.map(({ id }) => id)).toEqual(['big-1', 'small-1']);
  const set = ['provider', 'set', 'lab', '--models', 'big-1,small-1'];
  const changed = await machine.ask<{ provider: ModelProvider }>(set);
  expect(changed.provider.models.map(({ id }) => id)).toEqual(['big-1', 'small-1']);
  const order = ['lab/small-1', 'lab/big-1'];
  expect(await machine.ask(['provider', 'default', order.join(',')])).toEqual({ default: order });
  expect(await machine.ask(['providers'])).toMatchObject({ default: order, providers: [{ name: 'lab' }] });
  const { stdout } = await machine.aether(['providers']);
  expect(stdout).toContain('lab/big-1');
  expect(stdout).toContain('By default: lab/small-1, then lab/big-1');
  const disabled = await machine.ask<{ provider: ModelProvider }>(['provider', 'set', 'lab', '--disable']);
  expect(disabled.provider.enabled).toBe(false);
  await machine.ask(['provider', 'remove', 'lab']);
  expect(await machine.ask(['providers'])).toMatchObject({ providers: [] });
  expect(await refused(['provider', 'remove', 'lab'])).toBe('provider_not_found');
});

test('a template goes out as a file and comes in as another', async () => {
  const file = join(machine.directory, 'coding.json');
  await machine.ask(['template', 'export', 'coding', '--file', file]);
  const carried = JSON.parse(await readFile(file, 'utf8')) as { template: object };
  const template = { ...carried.template, id: 'brief', name: 'Brief' };
  await writeFile(file, JSON.stringify({ ...carried, template }));
  await machine.ask(['template', 'import', file]);
  const { templates } = await machine.ask<{ templates: Template[] }>(['templates']);
  expect(templates.find(({ id }) => id === 'brief')).toMatchObject({ name: 'Brief', imported: true });
  await writeFile(file, '{"id": "brief"');
  expect(await refused(['template', 'import', file])).toBe('file_not_usable');
});

test("an agent's settings are saved, carried, and several agents deployed from them, for oneself alone", async () => {
  const first = ['deploy', '--template', 'brief', '--name', 'first', '--wait'];
  await machine.ask(first);
  const saved = await machine.ask<{ preset: Preset }>(['preset', 'save', 'coders', '--from', 'first']);
  expect(saved.preset).toMatchObject({ template: 'brief', runtime: 'process' });
  await machine.ask(['preset', 'rename', 'coders', 'builders']);
  expect(await machine.ask(['preset', 'show', 'builders'])).toMatchObject({ preset: { name: 'builders' } });
  const file = join(machine.directory, 'builders.json');
  await machine.ask(['preset', 'export', 'builders', '--file', file]);
  await machine.ask(['preset', 'remove', 'builders']);
  await machine.ask(['preset', 'import', file]);
  const { presets } = await machine.ask<{ presets: Preset[] }>(['presets']);
  expect(presets.map(({ name }) => name)).toEqual(['builders']);

  const many = ['deploy', '--preset', 'builders', '--name', 'pair', '--count', '2', '--private'];
  const { deployments } = await machine.ask<{ deployments: Deployment[] }>(many);
  expect(names(deployments)).toEqual(['pair-1', 'pair-2']);
  expect(deployments.map(({ visibility }) => visibility)).toEqual(['private', 'private']);
  expect(await refused(many)).toBe('deployment_name_taken');
  expect(await refused(['template', 'remove', 'brief'])).toBe('template_in_use');
  await machine.ask(['delete', 'pair-1', '--yes']);
  await machine.ask(['delete', 'pair-2', '--yes']);
}, 300_000);

test('who sees an agent is said, told and completed by name', async () => {
  const shared = await machine.ask<{ deployment: Deployment }>(['share', 'first', 'private']);
  expect(shared.deployment.visibility).toBe('private');
  expect((await machine.aether(['agents'])).stdout).toMatch(/first .* its person/);
  await machine.ask(['share', 'first', 'open']);
  expect(await refused(['share', 'nobody', 'open'])).toBe('deployment_not_found');
  for (const command of ['stop', 'share', 'logs', 'rm'])
    await eventually(async () => {
      const { stdout } = await machine.aether(['complete', '--', command, 'fi']);
      expect(stdout.split('\n')[0]?.trim()).toBe('first');
    });
});

test('what runs is counted for Prometheus: agents, queues and the lag of events', async () => {
  await machine.ask(['pool']);
  const figures = [
    /^aether_deployments\{state="ready",service="deployer"\} 1$/m,
    /^aether_agents\{state="idle",service="orchestrator"\} 1$/m,
    /^aether_outbox_events\{service="deployer"\} 0$/m,
    /^aether_outbox_lag_seconds\{service="openclaw"\} \d/m,
    /^aether_consumer_waiting_events\{consumer="deployer-health"\} 0$/m,
    /^aether_consumer_unsettled_events\{consumer="models-deployments"\} 0$/m,
    /^aether_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/pool"/m,
  ];
  await eventually(async () => {
    const text = await (await fetch(`${machine.url}/metrics`)).text();
    for (const figure of figures) expect(text).toMatch(figure);
  });
});
