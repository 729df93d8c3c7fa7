import { describe, expect, test } from '@jest/globals';
import { commonFailure } from '@aether/contracts/failure';
import { StepError, isPassing, notInTime, thenInstead, toStepFailure } from '../src/steps/step-error.js';

const errno = (code: string) => Object.assign(new Error(`${code}: no`), { code });

describe('what a step failed with', () => {
  test.each([
    ['ENOSPC', 'disk_full'],
    ['EACCES', 'no_permission'],
    ['ENOMEM', 'no_memory'],
    ['EADDRINUSE', 'port_taken'],
    ['EMFILE', 'too_many_files'],
  ])('%s is told as %s with something to do', (code, told) => {
    const failure = toStepFailure('create', new Error('outer', { cause: errno(code) }));
    expect(failure).toMatchObject({ step: 'create', code: told });
    expect(failure.remedy).toMatch(/repair|try again/iu);
  });

  test('keeps the words of who knows better', () => {
    const known = { code: 'x', cause: 'It is red.', remedy: 'Paint it.' };
    expect(toStepFailure('start', new StepError(known))).toEqual({ step: 'start', ...known });
    const refused = commonFailure('forbidden', { detail: 'Not you.' });
    expect(toStepFailure('prepare', refused)).toMatchObject({
      code: 'forbidden',
      cause: 'Not you.',
      remedy: refused.hint,
    });
  });

  test('can be told to end otherwise where nothing was deployed', () => {
    const ending = (remedy: string) => thenInstead(remedy, 'look again');
    expect(ending('Free some room, then try again.')).toBe('Free some room, then look again.');
    expect(ending('It is red. Then try again.')).toBe('It is red. Then look again.');
    expect(ending('Paint it.')).toBe('Paint it.');
  });

  test('passes where another service is away, and nowhere else', () => {
    expect(isPassing(commonFailure('unavailable'))).toBe(true);
    expect(isPassing(commonFailure('timeout'))).toBe(true);
    expect(isPassing(commonFailure('forbidden'))).toBe(false);
    expect(isPassing(errno('ENOSPC'))).toBe(false);
  });

  test('at the deadline is the last reason, or else what it waited for', () => {
    const about = { seconds: 30, waitsFor: 'rain' };
    expect(notInTime('probe', { ...about, last: undefined })).toMatchObject({ code: 'not_in_time' });
    const last = new StepError({ code: 'dry', cause: 'It is dry.', remedy: 'Dance.' });
    expect(notInTime('probe', { ...about, last })).toEqual({
      step: 'probe',
      code: 'dry',
      cause: 'The step did not end within 30 s while it waited for rain. Last: It is dry.',
      remedy: 'Dance.',
    });
  });
});
