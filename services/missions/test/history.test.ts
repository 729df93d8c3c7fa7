import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HistoryEntry } from '@aether/contracts/mission-history';
import { missionsRequests } from '@aether/contracts/missions';
import { newId } from '@aether/messaging/id';
import { attempts, jason, person, planned, startMissions } from './system.js';

const {
  createMission,
  proposePlan,
  planMission,
  updateTask,
  connectTasks,
  listHistory,
  listTasks,
  cancelMission,
  deleteMission,
  addComment,
} = missionsRequests;

let missions: Awaited<ReturnType<typeof startMissions>>;
beforeAll(async () => {
  missions = await startMissions();
});
afterAll(() => missions.stop());

const { attemptOn, claim, report, accept } = attempts(() => missions);

/** `a: waiting`, `mission: proposed`, `a: removed`. */
function told(entries: readonly HistoryEntry[]): string[] {
  const keys = new Map<string, string>();
  return entries.map(({ change }) => {
    if (change.kind === 'mission') return `mission: ${change.state}`;
    if (change.kind === 'removed') return `${keys.get(change.taskId)}: removed`;
    keys.set(change.task.id, change.task.key);
    return `${change.task.key}: ${change.task.state}`;
  });
}

const history = async (id: string, by = person()) =>
  (await missions.call(listHistory, { id, limit: 200 }, by)).items;

describe('the history of a mission', () => {
  test('has each change of state in order, so that it can be played again', async () => {
    const { mission, task } = await missions.running([planned('a'), planned('b', ['a'])]);
    for (const key of ['a', 'b']) {
      const attempt = attemptOn(task(key).id);
      await claim(attempt);
      await report(attempt);
      await accept(attempt);
    }
    expect(told(await history(mission.id))).toEqual([
      'a: waiting',
      'b: waiting',
      'mission: proposed',
      'mission: running',
      'a: running',
      'a: reported',
      'a: accepted',
      'b: running',
      'b: reported',
      'b: accepted',
      'mission: finishing',
    ]);
  });

  test('keeps what a plan was before it was edited, and before another took its place', async () => {
    const by = person();
    const { id } = await missions.call(createMission, { goal: 'Plan twice' }, by);
    const plan = { id, tasks: [planned('a'), planned('b')], note: '', demo: false };
    await missions.call(proposePlan, plan, jason);
    const { items } = await missions.call(listTasks, { missionId: id, limit: 10 }, by);
    const [a, b] = ['a', 'b'].map((key) => items.find((task) => task.key === key)?.id ?? '');
    await missions.call(updateTask, { id: a ?? '', instructions: 'Do it well' }, by);
    await missions.call(connectTasks, { id: b ?? '', dependsOn: a ?? '' }, by);
    await missions.call(addComment, { id, text: 'changes nothing' }, by);
    await missions.call(planMission, { id }, by);
    await missions.call(proposePlan, { ...plan, tasks: [planned('c')] }, jason);
    const entries = await history(id);
    expect(told(entries)).toEqual([
      'a: waiting',
      'b: waiting',
      'mission: proposed',
      'a: waiting',
      'b: waiting',
      'mission: planning',
      expect.stringMatching(/^[ab]: removed$/),
      expect.stringMatching(/^[ab]: removed$/),
      'c: waiting',
      'mission: proposed',
    ]);
    const moments = entries.flatMap(({ change }) => (change.kind === 'task' ? [change.task] : []));
    expect(moments[2]?.instructionsSha256).not.toBe(moments[0]?.instructionsSha256);
    expect(moments[3]?.dependsOn).toEqual([a]);
  });

  test('is read in pages from the oldest on, and a foreign cursor is refused', async () => {
    const { mission, by } = await missions.running([planned('a'), planned('b')]);
    const first = await missions.call(listHistory, { id: mission.id, limit: 3 }, by);
    expect(first.items).toHaveLength(3);
    const second = await missions.call(
      listHistory,
      { id: mission.id, limit: 3, cursor: first.nextCursor ?? '' },
      by,
    );
    expect(told([...first.items, ...second.items])).toHaveLength(4);
    expect(second.nextCursor).toBeNull();
    await expect(missions.call(listHistory, { id: mission.id, cursor: 'drop' }, by)).rejects.toMatchObject({
      code: 'invalid_input',
    });
  });

  test('is not there for those who do not see the mission, and goes with it', async () => {
    const by = person();
    const { id } = await missions.call(createMission, { goal: 'Mine', visibility: 'private' }, by);
    await missions.call(proposePlan, { id, tasks: [planned('a')], note: '', demo: false }, jason);
    await expect(history(id)).rejects.toMatchObject({ code: 'mission_not_found' });
    await expect(history(newId())).rejects.toMatchObject({ code: 'mission_not_found' });
    expect(await history(id, by)).not.toHaveLength(0);
    await missions.call(cancelMission, { id }, by);
    await missions.call(deleteMission, { id }, by);
    const rows = await missions.database.query('SELECT 1 FROM history_entry WHERE mission_id = $1', [id]);
    expect(rows).toHaveLength(0);
  });
});
