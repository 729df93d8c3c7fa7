import { deployerCatalog } from '@aether/contracts/deployer';
import type { Figure } from '@aether/contracts/operations';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LiveClient } from './live-client.js';
import { startEdge, type Edge } from './start-edge.js';

const TOKEN = 'scrape-token-of-this-test';
const deployments: Figure = {
  name: 'aether_deployments',
  help: 'Deployments by state.',
  values: [
    { labels: { state: 'ready' }, value: 3 },
    { labels: { state: 'failed' }, value: 1 },
  ],
};

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge({ environment: { METRICS_TOKEN: TOKEN }, absent: ['deployer', 'models'] });
  await edge.play(deployerCatalog, { getFigures: () => ({ figures: [deployments] }) });
});
afterAll(() => edge.stop());

const scrape = (token?: string, on = edge) =>
  on.request('GET /metrics', token === undefined ? {} : { token });

test('figures are closed to strangers, to a wrong token and to those without system:read', async () => {
  expect((await scrape()).status).toBe(401);
  expect((await scrape(`${TOKEN}x`)).status).toBe(401);
  expect((await scrape(await edge.auth.tokenOf('viewer'))).status).toBe(403);
  expect((await edge.request('GET /metrics/', {})).status).toBe(401);
});

test('figures are read with their own token, and by whoever has system:read', async () => {
  const { status, headers } = await scrape(TOKEN);
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
  expect((await scrape(edge.auth.keyOf('admin', { scopes: ['system:read'] }).key)).status).toBe(200);
});

test('figures tell what the owners count, and which owner does not answer', async () => {
  const { text } = await scrape(TOKEN);
  expect(text).toContain('aether_deployments{state="ready",service="deployer"} 3');
  expect(text).toContain('aether_up{service="deployer"} 1');
  expect(text).toContain('aether_up{service="models"} 0');
});

test('requests are counted by the pattern of their route, so that addresses make no series', async () => {
  for (const path of ['/api/v1/deployments/one', '/api/v1/deployments/two', '/no/such/page'])
    await edge.request(`GET ${path}`, { token: await edge.auth.tokenOf('viewer') });
  const { text } = await scrape(TOKEN);
  expect(text).toMatch(
    /aether_http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/deployments\/:id",status="\d+"\} 2/,
  );
  expect(text).not.toContain('/no/such/page');
});

test('live sockets are counted while they are open', async () => {
  const client = await LiveClient.open(edge.url, { token: await edge.auth.tokenOf('viewer') });
  expect((await scrape(TOKEN)).text).toMatch(/^aether_live_sockets 1$/m);
  await client.close();
});

test('processes of this machine read figures only where the settings say so, and never through a proxy', async () => {
  const open = await startEdge({ environment: { METRICS_LOOPBACK: 'true' } });
  expect((await scrape(undefined, open)).status).toBe(200);
  const proxied = await open.request('GET /metrics', { headers: { 'x-forwarded-for': '203.0.113.9' } });
  expect(proxied.status).toBe(401);
  await open.stop();
});
