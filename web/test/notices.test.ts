import { describe, expect, test } from '@jest/globals';
import type { LiveEvent } from '@aether/contracts/live-frames';
import { withEvent, type Notice } from '../src/notifications/notice.js';

let minute = 0;
const event = (name: string, data: unknown): LiveEvent => {
  minute += 1;
  const at = new Date(Date.UTC(2026, 10, 24, 0, minute)).toISOString();
  return { id: `event-${minute}`, event: `evt.${name}.v1`, at, actorId: 'ada', data };
};
const mission = (state: string, reason: unknown = null) =>
  event('missions.mission-changed', { mission: { id: 'm', title: 'A page', state, reason } });
const task = (state: string, waitsFor: string | null = null) =>
  event('missions.task-changed', {
    task: { id: 't', missionId: 'm', title: 'Write it', state, waitsFor, reason: null, agentName: 'coder' },
  });
const deployment = (state: string) =>
  event('deployer.deployment-changed', { deployment: { id: 'd', name: 'coder', state, failure: null } });
const afterAll = (...events: LiveEvent[]) => events.reduce(withEvent, [] as readonly Notice[]);
const told = (notices: readonly Notice[]) =>
  notices.map(({ kind, isSettled }) => `${kind}${isSettled ? ' settled' : ''}`);

describe('what people are told', () => {
  test.each<[string, LiveEvent[], string[]]>([
    ['a plan is told until it is approved', [mission('proposed'), mission('running')], ['plan settled']],
    ['the same state is told once', [mission('proposed'), mission('proposed')], ['plan']],
    [
      'a pause by a bound is told, and settled by going on',
      [mission('paused', { cause: 'The budget is used up.' }), mission('running'), mission('completed')],
      ['ended', 'paused settled'],
    ],
    ['a pause by a person is not', [mission('paused')], []],
    [
      'work that is sent back waits for review anew',
      [task('reported', 'a review by a person'), task('waiting'), task('reported', 'a review by a person')],
      ['review', 'review settled'],
    ],
    ['work that merges by itself is nobody’s business', [task('reported', 'the merge')], []],
    ['a question that was answered is settled', [task('asking'), task('running')], ['question settled']],
    [
      'a deployment that fails, is repaired and fails again is told twice',
      [deployment('failed'), deployment('failed'), deployment('ready'), deployment('failed')],
      ['deployment', 'deployment settled'],
    ],
    ['what works is not told', [deployment('starting'), deployment('ready'), task('accepted')], []],
  ])('%s', (_, events, expected) => {
    expect(told(afterAll(...events))).toEqual(expected);
  });

  test('an event that comes again, and one that comes late, change nothing', () => {
    const [early, late] = [deployment('ready'), deployment('failed')];
    const notices = afterAll(late);
    expect(withEvent(notices, late)).toBe(notices);
    expect(withEvent(notices, early)).toBe(notices);
  });

  test('a budget is told once a day, and what is settled counts as read', () => {
    const reached = () =>
      event('models.model-budget-reached', {
        budget: { id: 'b', scope: 'organisation', scopeId: null, period: 'day' },
      });
    expect(told(afterAll(reached(), reached()))).toEqual(['budget']);
    expect(afterAll(task('asking'), task('running')).every(({ isRead }) => isRead)).toBe(true);
  });

  test('the latest hundred stay', () => {
    const many = Array.from({ length: 130 }, (_, index) =>
      event('openclaw.approval-requested', {
        approval: { id: `a${index}`, chatId: 'c', command: `run ${index}`, state: 'pending' },
      }),
    );
    const notices = afterAll(...many);
    expect([notices.length, notices[0]?.about]).toEqual([100, 'run 129']);
  });
});
