import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LINE_BYTES_MAX, cleanLine, guessLevel, isNoise, mask, splitTime } from '../src/logs/clean-line.js';

describe('a line of output', () => {
  test.each([
    ['colours', '\u001b[31merror\u001b[0m here', 'error here'],
    ['a title sequence', '\u001b]0;title\u0007text', 'text'],
    ['a redrawn line', '10%\r50%\r100%\r', '100%'],
    ['control characters', 'a\u0000b\u0008c\td', 'a\\x00b\\x08c\td'],
    ['a plain line', 'ready in 3 s', 'ready in 3 s'],
  ])('with %s is shown as text', (_name, line, expected) => {
    expect(cleanLine(line)).toBe(expected);
  });

  test('never shows a known secret, nor what looks like one', () => {
    expect(cleanLine('token=abc123secret end', ['abc123secret'])).toBe('token=[secret] end');
    expect(mask('key sk-proj-0123456789abcdefXYZ', [])).toBe('key [secret]');
    expect(mask('Authorization: Bearer abcdefghijklmnop.qrstuv', [])).toBe('Authorization: [secret]');
  });

  test('has at most 8 kB, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 40_000 }), (line) => {
        const text = cleanLine(line);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LINE_BYTES_MAX);
        expect(text).not.toMatch(/(?!\t)\p{Cc}/u);
      }),
      { numRuns: 50 },
    );
    expect(cleanLine('x'.repeat(20_000))).toContain('cut: the line had 20000 bytes');
  });

  test('tells its level by its words', () => {
    expect(guessLevel('Error: no such file')).toBe('error');
    expect(guessLevel('warning: old syntax')).toBe('warn');
    expect(guessLevel('terror level')).toBe('info');
    expect(isNoise('   ')).toBe(true);
    expect(isNoise('ready')).toBe(false);
  });

  test('gives its own time where it begins with one', () => {
    const at = new Date('2026-11-23T07:01:33.115Z');
    expect(splitTime('2026-11-23T07:01:33.115+00:00 [gateway] ready')).toEqual({
      at,
      text: '[gateway] ready',
    });
    for (const text of ['[gateway] ready', '2026-99-99T99:99:99Z never', ''])
      expect(splitTime(text)).toEqual({ at: null, text });
  });
});
