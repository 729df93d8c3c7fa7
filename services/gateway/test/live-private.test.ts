import { randomUUID } from 'node:crypto';
import { openclawEvents } from '@aether/contracts/openclaw';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LiveClient } from './live-client.js';
import { startEdge, type Edge } from './start-edge.js';

let edge: Edge;
beforeAll(async () => {
  edge = await startEdge();
});
afterAll(() => edge.stop());

test('events about what is private reach its owner and administrators, live and in history', async () => {
  const owner = randomUUID();
  const tokens = {
    owner: await edge.auth.tokenOf('viewer', { id: owner }),
    admin: await edge.auth.tokenOf('admin'),
    other: await edge.auth.tokenOf('operator'),
  };
  const publish = (word: string, visibility: 'open' | 'private') =>
    edge.publish(openclawEvents.chatDeleted.subject, { word }, { createdBy: owner, visibility });
  const wordsOf = (client: LiveClient) =>
    client.of('frame').map(({ data }) => (data as { data: { word: string } }).data.word);
  const follow = async (token: string, after?: string) => {
    const client = await LiveClient.open(edge.url, { token });
    await client.subscribe('events/openclaw', after);
    return client;
  };

  const live = await Promise.all([tokens.owner, tokens.admin, tokens.other].map((token) => follow(token)));
  await publish('hidden', 'private');
  await publish('shown', 'open');
  await eventually(() => {
    for (const client of live) expect(wordsOf(client)).toContain('shown');
  });
  expect(live.map(wordsOf)).toEqual([['hidden', 'shown'], ['hidden', 'shown'], ['shown']]);

  const late = await Promise.all([follow(tokens.owner, '0'), follow(tokens.other, '0')]);
  await eventually(() => {
    for (const client of late) expect(wordsOf(client)).toContain('shown');
  });
  expect(late.map(wordsOf)).toEqual([['hidden', 'shown'], ['shown']]);
  await Promise.all([...live, ...late].map((client) => client.close()));
});
