import { randomUUID } from 'node:crypto';
import { chatErrors } from '@aether/contracts/chat-errors';
import { failure } from '@aether/contracts/failure';
import { openclawCatalog, openclawLive, openclawRequests } from '@aether/contracts/openclaw';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LiveClient } from './live-client.js';
import { startEdge, type Edge } from './start-edge.js';

let edge: Edge;
let isHidden = false;
beforeAll(async () => {
  edge = await startEdge({ absent: ['openclaw'] });
  await edge.play(openclawCatalog, {
    followChat: () => {
      if (isHidden) throw failure(openclawRequests.followChat, 'chat_not_found');
      return Promise.resolve({ entries: [], cursor: '0:0', more: false });
    },
  });
});
afterAll(() => edge.stop());

test('whoever follows a thing has to ask anew when others may see it no more, and is refused then', async () => {
  const chatId = randomUUID();
  const client = await LiveClient.open(edge.url, { token: await edge.auth.tokenOf('viewer') });
  await client.subscribe(`chat/${chatId}`);
  isHidden = true;
  edge.bus.publishLive(openclawLive.chat, chatId, { cursor: '', data: { kind: 'access' } });
  await eventually(() => expect(client.of('resync')).toMatchObject([{ reason: 'access-changed' }]));
  const status = { kind: 'status' as const, messageId: randomUUID(), seq: 2, phase: 'secret' };
  edge.bus.publishLive(openclawLive.chat, chatId, { cursor: '2:0', data: status });
  client.send({ type: 'subscribe', topic: `chat/${chatId}` });
  await eventually(() =>
    expect(client.of('error')).toMatchObject([
      { code: 'chat_not_found', hint: chatErrors.chat_not_found.hint },
    ]),
  );
  expect(client.of('frame')).toEqual([]);
  await client.close();
});
