import type { Step } from '@aether/contracts/deployer';
import { expect, test } from '@jest/globals';
import pc from 'picocolors';
import { bytes } from '../src/view/bytes.js';
import { duration } from '../src/view/duration.js';
import { plainText } from '../src/view/plain-text.js';
import { stepLine } from '../src/view/timeline.js';

test.each([
  [0, '0 ms'],
  [340.4, '340 ms'],
  [4_249, '4.2 s'],
  [59_960, '1 min 00 s'],
  [185_000, '3 min 05 s'],
])('%d ms is told as %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  [0, '0 B'],
  [640, '640 B'],
  [9_900_000, '9.4 MB'],
  [1_800 * 1_048_576, '1.8 GB'],
  [1_048_576 * 1_048_576, '1 TB'],
])('%d bytes are told as %s', (count, text) => {
  expect(bytes(count)).toBe(text);
});

test.each([
  ['colours', '\u001b[31mred\u001b[0m', 'red'],
  ['a window title', '\u001b]0;owned\u0007text', 'text'],
  ['a cleared screen', 'a\u001b[2J\u001b[Hb', 'ab'],
  ['a rewritten line', 'safe\rOWNED\b', 'safeOWNED'],
  ['lines and tabs, which stay', 'a\n\tb', 'a\n\tb'],
])('text from elsewhere cannot command the terminal: %s', (_, given, shown) => {
  expect(plainText(given)).toBe(shown);
});

const now = new Date('2026-01-01T00:00:10Z');
const step: Step = {
  name: 'create',
  state: 'running',
  attempt: 1,
  detail: 'installing openclaw',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: null,
  deadlineAt: null,
};

test.each([
  ['a pending step', { ...step, state: 'pending', startedAt: null }, '  · create'],
  ['a running step', step, '  ⠋ create        10.0 s  installing openclaw'],
  [
    'a step that is done',
    { ...step, state: 'done', finishedAt: '2026-01-01T00:00:04.2Z' },
    '  ✔ create         4.2 s',
  ],
] as const)('%s is one line', (_, given, line) => {
  expect(stepLine(given, { now, spinner: '⠋', colours: pc.createColors(false) })).toBe(line);
});
