import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export const CHUNKS = 200;
/** 40 words a second, as a fast model speaks. */
export const CHUNK_EVERY_MS = 25;

/** Time from sending to arrival of every chunk, in milliseconds. */
export type Delays = readonly number[];

/** The provider of `stream-server.ts`. */
export async function startStreamServer() {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'stream-server.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    baseUrl: line.toString().trim(),
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

interface Speaker {
  readonly baseUrl: string;
  readonly key: string;
  readonly model: string;
  /** In whose format it is asked: OpenAI's, or Anthropic's. */
  readonly path?: '/chat/completions' | '/messages';
}

/** Reads `count` streams at once and tells how long each of their chunks was under way. */
export async function readStreams(speaker: Speaker, count: number): Promise<Delays> {
  const each = await Promise.all(Array.from({ length: count }, () => readOne(speaker)));
  return each.flat();
}

async function readOne({ baseUrl, key, model, path = '/chat/completions' }: Speaker) {
  const response = await fetch(`${baseUrl}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ model, stream: true, max_tokens: 4_000 },
      messages: [{ role: 'user', content: 'Speak.' }],
    }),
  });
  if (!response.ok || !response.body) throw new Error(`${response.status}: ${await response.text()}`);
  const delays: number[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of response.body) {
    const now = process.hrtime.bigint();
    const lines = (rest + decoder.decode(piece as Uint8Array, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const sent = /"(?:content|text)":"(\d+)"/.exec(line)?.[1];
      if (sent) delays.push(Number(now - BigInt(sent)) / 1e6);
    }
  }
  if (delays.length !== CHUNKS) throw new Error(`${delays.length} of ${CHUNKS} chunks arrived`);
  return delays;
}
