import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import pretty from 'pino-pretty';
import { createLogger, forTerminals } from '../src/logger.js';

const FORGED = 'Ann\n{"level":"error","msg":"forged"}\r\n\u001b[2J\u009b1A';

/** What a service writes when strangers choose every value. */
function logged(): string[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: 'gateway', level: 'info', destination });
  logger.info({ name: FORGED, err: new Error(FORGED) }, `asked for ${FORGED}`);
  return lines;
}

async function shown(line: string): Promise<string> {
  let text = '';
  const destination = new Writable({
    write(piece: Buffer, _encoding, done) {
      text += piece.toString();
      done();
    },
  });
  const stream = pretty({ colorize: false, singleLine: true, destination });
  stream.write(line);
  await new Promise((resolve) => stream.end(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  return text;
}

test('log injection: what a stranger sends stays a value in one line of JSON', () => {
  const lines = logged();
  expect(lines).toHaveLength(1);
  expect(lines[0]?.trimEnd().split('\n')).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', name: FORGED });
});

test('log injection: on a terminal it begins no line and moves no cursor', async () => {
  const [line = ''] = logged();
  const text = await shown(forTerminals(line));
  expect(text).toContain('forged');
  expect(text).not.toMatch(/^\{"level"/m);
  // eslint-disable-next-line no-control-regex -- they are what must not be there
  expect(text).not.toMatch(/[\u001b\u009b\r]/);
});

test('secrets are left out by the name of their field', () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ service: 'auth', level: 'info', destination });
  logger.info({
    token: 'hidden-1',
    headers: { authorization: 'hidden-2' },
    a: { b: { password: 'hidden-3' } },
  });
  expect(lines.join('')).not.toContain('hidden');
});
