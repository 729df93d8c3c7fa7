import { describe, expect, test } from '@jest/globals';
import type { HistoryEntry, TaskMoment } from '@aether/contracts/mission-history';
import type { Mission, MissionState, Task, TaskState } from '@aether/contracts/mission-schemas';
import { countUntil, momentOf, planChanges } from '../src/missions/history.js';
import { laneColumns, laneMove } from '../src/missions/lane-moves.js';

type Change = HistoryEntry['change'];
const task = (key: string, more: Partial<TaskMoment> = {}): Change => ({
  kind: 'task',
  task: {
    id: `id-${key}`,
    key,
    title: `Task ${key}`,
    state: 'waiting',
    requires: [],
    estimateMinutes: 10,
    dependsOn: [],
    agentName: null,
    attempts: 0,
    instructionsSha256: 'as it was',
    ...more,
  },
});
const removed = (key: string): Change => ({ kind: 'removed', taskId: `id-${key}` });
const became = (state: MissionState): Change => ({ kind: 'mission', state });
/** One change a second. */
const entries = (...changes: Change[]): HistoryEntry[] =>
  changes.map((change, at) => ({ seq: at + 1, at: new Date(at * 1_000).toISOString(), change }));

describe('the history of a mission', () => {
  const told = entries(
    task('a'),
    task('b', { dependsOn: ['id-a'] }),
    became('running'),
    task('a', { state: 'running' }),
    removed('a'),
  );

  const momentAt = (at: number) => momentOf(told.slice(0, countUntil(told, at)));

  test('gives the mission as it was at any moment', () => {
    expect(momentAt(1_500)).toMatchObject({ state: null, tasks: [{ key: 'a' }, { key: 'b' }] });
    expect(momentAt(3_000)).toMatchObject({ state: 'running', tasks: [{ state: 'running' }, {}] });
    expect(momentAt(9_000).tasks).toMatchObject([{ key: 'b', dependsOn: [] }]);
    expect(momentAt(-1)).toEqual({ state: null, tasks: [] });
  });
});

describe('a plan', () => {
  const proposed = [became('planning'), task('a'), task('b'), became('proposed')];
  const changesOf = (...changes: Change[]) => {
    const found = planChanges(entries(...changes));
    return (
      found && {
        since: found.since,
        added: [...found.added],
        changed: Object.fromEntries(found.changed),
        removed: found.removed.map(({ key }) => key),
      }
    );
  };

  test('that was not proposed is compared with nothing', () => {
    expect(changesOf(task('a'))).toBeNull();
  });

  test('as it was proposed has no change', () => {
    expect(changesOf(...proposed)).toEqual({ since: 'the proposal', added: [], changed: {}, removed: [] });
  });

  test.each<[string, Change[], object]>([
    ['a task that was added', [task('c')], { added: ['id-c'] }],
    ['a task that was taken away', [removed('b')], { removed: ['b'] }],
    ['another order', [task('b', { dependsOn: ['id-a'] })], { changed: { 'id-b': ['order'] } }],
    [
      'other instructions and capabilities',
      [task('a', { instructionsSha256: 'otherwise', requires: ['x'] })],
      { changed: { 'id-a': ['instructions', 'capabilities'] } },
    ],
    ['a change that was taken back', [task('a', { title: 'Other' }), task('a')], { changed: {} }],
  ])('shows against the proposal %s', (_case, changes, expected) => {
    expect(changesOf(...proposed, ...changes)).toMatchObject({ since: 'the proposal', ...expected });
  });

  test('that took the place of another is compared with that one, by the names of its tasks', () => {
    const again = [
      became('planning'),
      removed('a'),
      removed('b'),
      task('a', { id: 'new-a' }),
      task('c', { dependsOn: ['new-a'] }),
      became('proposed'),
    ];
    expect(changesOf(...proposed, ...again)).toEqual({
      since: 'the plan before',
      added: ['id-c'],
      changed: {},
      removed: ['b'],
    });
  });
});

describe('a task in its lane', () => {
  const verdict = (state: TaskState, to: string, mission: Partial<Mission> = {}) => {
    const column = laneColumns.find(({ id }) => id === to);
    if (!column) throw new Error(`there is no column ${to}`);
    const of = { state: 'running', acceptance: 'person', ...mission } as Mission;
    return laneMove({ state } as Task, of, column);
  };

  test.each<[TaskState, string, object]>([
    ['failed', 'waiting', { verb: 'retry' }],
    ['cancelled', 'waiting', { verb: 'retry' }],
    ['reported', 'accepted', { verb: 'accept' }],
    ['waiting', 'ended', { verb: 'cancel' }],
    ['running', 'ended', { verb: 'cancel' }],
    ['running', 'waiting', { why: expect.any(String) }],
    ['running', 'accepted', { why: expect.any(String) }],
    ['accepted', 'ended', { why: expect.any(String) }],
    ['waiting', 'running', { why: 'Tasks get here by themselves.' }],
    ['waiting', 'waiting', { why: 'It is here already.' }],
  ])('that is %s goes to %s only where that means something', (state, to, expected) => {
    expect(verdict(state, to)).toEqual(expected);
  });

  test('stays where its mission has ended or not begun, and is not accepted where checks decide', () => {
    expect(verdict('failed', 'waiting', { state: 'completed' })).toHaveProperty('why');
    expect(verdict('waiting', 'ended', { state: 'proposed' })).toHaveProperty('why');
    expect(verdict('reported', 'accepted', { acceptance: 'checks' })).toHaveProperty('why');
  });
});
