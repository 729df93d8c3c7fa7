/**
 * A provider that streams, in a process of its own. Each chunk carries the moment it was sent, by a clock that all
 * processes of a machine share, so that whoever reads it knows how long it was under way.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { CHUNKS, CHUNK_EVERY_MS } from './streams.js';

const frame = (content: string) =>
  `data: ${JSON.stringify({ id: 'c', model: 'steady', choices: [{ index: 0, delta: { content } }] })}\n\n`;

const server = createServer(async (request, response) => {
  if (request.url?.endsWith('/models')) {
    response.end(JSON.stringify({ data: [{ id: 'steady', context_length: 100_000 }] }));
    return;
  }
  request.resume();
  await once(request, 'end');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  // Streams do not begin at the same moment, and neither do their chunks.
  await delay(Math.random() * CHUNK_EVERY_MS);
  for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
    response.write(frame(String(process.hrtime.bigint())));
    await delay(CHUNK_EVERY_MS);
  }
  const usage = { prompt_tokens: 10, completion_tokens: CHUNKS };
  response.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1\n`);
});
