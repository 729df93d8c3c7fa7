import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { modelsRequests } from '@aether/contracts/models';
import { environment, DIRECTORY_VARIABLE, SERVERS_VARIABLE } from '@aether/testing/config';
import { startProcessSystem } from '@aether/testing/process-system';
import { hostTestServers } from '@aether/testing/test-servers';
import { percentile } from './percentile.js';
import { CHUNKS, CHUNK_EVERY_MS, readStreams, startStreamServer, type Delays } from './streams.js';

/** What comes from the model's provider through Aether arrives how much later than without it? */
const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '1,10,100' },
    rounds: { type: 'string', default: '3' },
  },
});
const STREAMS = values.streams.split(',').map(Number);
const ROUNDS = Number(values.rounds);

const report = (text: string) => process.stderr.write(`${text}\n`);
const ms = (value: number) => `${value.toFixed(2)} ms`;
const row = (name: string, delays: Delays) =>
  `| ${name} | ${[50, 95, 99].map((rank) => ms(percentile(delays, rank))).join(' | ')} |`;

const servers = await hostTestServers();
environment[SERVERS_VARIABLE] = servers.url;
environment[DIRECTORY_VARIABLE] = servers.directory;
const provider = await startStreamServer();
const system = await startProcessSystem({ OUTBOUND_ALLOWED_RANGES: '127.0.0.0/8' });
try {
  const admin = { actor: { type: 'user' as const, id: randomUUID(), role: 'admin' as const } };
  const { baseUrl } = provider;
  // OpenAI takes its own format only, so that calls in Anthropic's are translated for it.
  for (const kind of ['openai-compatible', 'openai'] as const)
    await system.call(
      modelsRequests.createProvider,
      { name: `bench-${kind}`, kind, baseUrl, key: 'bench', models: [{ id: 'steady' }] },
      admin,
    );
  const { key } = await system.call(modelsRequests.issueVirtualKey, { deploymentId: randomUUID() });
  const endpoint = await system.call(modelsRequests.getEndpoint, {});
  const aether = { baseUrl: endpoint.baseUrl, key };
  const lines: string[] = [];
  for (const count of STREAMS) {
    const direct: number[] = [];
    const through: number[] = [];
    const translated: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      report(`${count} streams at once, round ${round + 1}`);
      direct.push(...(await readStreams({ baseUrl, key: 'bench', model: 'steady' }, count)));
      through.push(...(await readStreams({ ...aether, model: 'bench-openai-compatible/steady' }, count)));
      const other = { ...aether, model: 'bench-openai/steady', path: '/messages' as const };
      translated.push(...(await readStreams(other, count)));
    }
    lines.push(row(`${count} streams, straight from the provider`, direct));
    lines.push(row(`${count} streams, through Aether`, through));
    lines.push(row(`${count} streams, through Aether, translated`, translated));
  }
  process.stdout.write(
    [
      '',
      `| from the provider's write to the reader, ${CHUNKS} chunks a stream, one each ${CHUNK_EVERY_MS} ms | p50 | p95 | p99 |`,
      '| --- | --- | --- | --- |',
      ...lines,
      '',
    ].join('\n'),
  );
} finally {
  await system.stop();
  await provider.stop();
  await servers.stop();
}
process.exit();
