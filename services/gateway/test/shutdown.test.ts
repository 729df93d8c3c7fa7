import { modelsCatalog } from '@aether/contracts/models';
import { eventually } from '@aether/testing/eventually';
import { expect, test } from '@jest/globals';
import { startEdge } from './start-edge.js';

const ENDPOINT = {
  baseUrl: 'http://127.0.0.1:1/v1',
  defaultModel: 'demo',
  answering: 'demo',
  demo: true,
  models: [],
};

test('a request that was accepted is answered although the gateway stops meanwhile', async () => {
  const edge = await startEdge({ absent: ['models'], environment: { SHUTDOWN_DELAY_MS: '300' } });
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  let asked = false;
  await edge.play(modelsCatalog, {
    getEndpoint: async () => {
      asked = true;
      await held;
      return ENDPOINT;
    },
    getHealth: () => ({ ready: true, checks: [] }),
  });
  const token = await edge.auth.tokenOf('viewer');
  const request = edge.request('GET /api/v1/models', { token });
  await eventually(() => expect(asked).toBe(true));

  const stopping = edge.gateway.stop();
  await eventually(async () => {
    const { status, body } = await edge.request('GET /health/ready');
    expect(status).toBe(503);
    expect(body.checks).toEqual([{ name: 'gateway', ok: false, detail: 'shutting down' }]);
  });
  await eventually(async () =>
    expect(await edge.request('GET /health/live').catch(() => 'refused')).toBe('refused'),
  );
  answer();
  expect((await request).status).toBe(200);
  await stopping;
  await edge.stop();
});

test('the gateway is ready where NATS and every owner are well, and says why where one is not', async () => {
  const edge = await startEdge({ absent: ['models'] });
  await edge.play(modelsCatalog, {
    getHealth: () => ({ ready: false, checks: [{ name: 'database', ok: false, detail: 'gone' }] }),
  });
  const { status, body } = await edge.request('GET /health/ready');
  expect(status).toBe(503);
  expect(body.checks).toContainEqual({ name: 'models', ok: false, detail: 'database: gone' });
  expect(body.checks).toContainEqual({ name: 'auth', ok: true, detail: null });
  await edge.stop();
});
