import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { missionsRequests } from '@aether/contracts/missions';
import { newId } from '@aether/messaging/id';
import { attempts, jason, person, planned, startMissions } from './system.js';

const {
  addTask,
  updateTask,
  removeTask,
  connectTasks,
  disconnectTasks,
  listReadyTasks,
  listTasks,
  getTask,
  getMission,
  getBoard,
  askPerson,
  answerQuestion,
  releaseTask,
  reviewTask,
  retryTask,
  resumeMission,
} = missionsRequests;

let missions: Awaited<ReturnType<typeof startMissions>>;
beforeAll(async () => {
  missions = await startMissions();
});
afterAll(() => missions.stop());

const failing = (code: string) => ({ code });
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();
const { claim, report, accept, attemptOn } = attempts(() => missions);
const readyOf = async (missionId: string) =>
  (await missions.call(listReadyTasks, { missionId }, jason)).items.map(({ key }) => key);

describe('tasks of a mission', () => {
  test('start when all they depend on is accepted, the longest chain first', async () => {
    const { mission, task } = await missions.running([
      planned('short', [], { estimateMinutes: 1 }),
      planned('long', [], { estimateMinutes: 1 }),
      planned('last', ['long'], { estimateMinutes: 60 }),
      planned('all', ['short', 'last'], { estimateMinutes: 1 }),
    ]);
    expect(await readyOf(mission.id)).toEqual(['long', 'short']);
    const attempt = attemptOn(task('long').id);
    await expect(claim(attemptOn(task('last').id))).rejects.toMatchObject(failing('task_not_ready'));
    await claim(attempt);
    expect(await readyOf(mission.id)).toEqual(['short']);
    await report(attempt);
    expect(await readyOf(mission.id)).toEqual(['short']);
    const accepted = await accept(attempt);
    expect(accepted.ready.map(({ key }) => key)).toEqual(['last']);
    expect(accepted).toMatchObject({ task: { state: 'accepted' }, mission: { tasks: { accepted: 1 } } });
  });

  test('are claimed by one attempt; the same attempt may ask again, and is told what came before', async () => {
    const { task } = await missions.running([planned('a'), planned('b', ['a'])]);
    const first = attemptOn(task('a').id);
    await claim(first);
    expect((await claim(first)).task).toMatchObject({ state: 'running', attempts: 1, agentName: 'worker' });
    await expect(claim(attemptOn(task('a').id, 2))).rejects.toMatchObject(failing('task_not_ready'));
    await report(first);
    await accept(first);
    const { dependencies } = await claim(attemptOn(task('b').id));
    expect(dependencies).toMatchObject([{ key: 'a', receipt: { summary: 'Done.' } }]);
  });

  test('go on with an attempt that somebody took over from a dead owner, and take nothing from that one', async () => {
    const { task } = await missions.running([planned('a')]);
    const dead = attemptOn(task('a').id);
    await claim(dead);
    const heir = { ...dead, fence: 2 };
    expect((await claim(heir)).task).toMatchObject({ state: 'running', attempts: 1 });
    await expect(claim(dead)).rejects.toMatchObject(failing('attempt_superseded'));
    await expect(report(dead)).rejects.toMatchObject(failing('attempt_superseded'));
    const question = { ...dead, question: 'Which?', deadlineAt: inAnHour() };
    await expect(missions.call(askPerson, question, jason)).rejects.toMatchObject(
      failing('attempt_superseded'),
    );
    expect(await report(heir)).toMatchObject({ state: 'reported' });
  });

  test('take nothing from an attempt that lost them', async () => {
    const { task } = await missions.running([planned('a')]);
    const { id } = task('a');
    const lost = attemptOn(id);
    const reason = { code: 'died', cause: 'It died.', remedy: 'None.' };
    await claim(lost);
    const released = { ...lost, outcome: 'again', reason, lesson: 'Do not die.' } as const;
    expect(await missions.call(releaseTask, released, jason)).toMatchObject({
      state: 'waiting',
      feedback: ['Do not die.'],
    });
    await expect(claim({ ...attemptOn(id), fence: 1 })).rejects.toMatchObject(failing('attempt_superseded'));
    await claim(attemptOn(id, 2));
    for (const late of [
      () => report(lost),
      () => accept(lost),
      () => missions.call(releaseTask, released, jason),
    ])
      await expect(late()).rejects.toMatchObject(failing('attempt_superseded'));
  });

  test('go through a question and its answer', async () => {
    const { task, by } = await missions.running([planned('a')]);
    const attempt = attemptOn(task('a').id);
    const { id } = attempt;
    await claim(attempt);
    const asked = { ...attempt, question: 'Which colour?', deadlineAt: inAnHour() };
    expect(await missions.call(askPerson, asked, jason)).toMatchObject({
      state: 'asking',
      reason: { cause: 'Which colour?' },
    });
    expect((await missions.call(getBoard, {}, by)).needsPerson.map((waiting) => waiting.id)).toContain(id);
    expect(await missions.call(answerQuestion, { id, text: 'Blue' }, by)).toMatchObject({ state: 'running' });
    await expect(missions.call(answerQuestion, { id, text: 'Red' }, by)).rejects.toMatchObject(
      failing('transition_not_allowed'),
    );
  });

  test('are accepted by a person only with proof, and what is sent back teaches the next attempt', async () => {
    const { task, by } = await missions.running([planned('a')]);
    const attempt = attemptOn(task('a').id);
    const { id, attemptId } = attempt;
    await claim(attempt);
    const failed = {
      name: 'test',
      command: 'false',
      exitCode: 1,
      timedOut: false,
      output: '',
      durationMs: 1,
    };
    await report(attempt, { checks: [failed] });
    const review = { id, attemptId, verdict: 'accept' } as const;
    await expect(missions.call(reviewTask, review, by)).rejects.toMatchObject(failing('checks_failed'));
    await expect(missions.call(reviewTask, { ...review, attemptId: newId() }, by)).rejects.toMatchObject(
      failing('attempt_superseded'),
    );
    const back = { ...review, verdict: 'send-back', comment: 'Make the test pass.' } as const;
    expect(await missions.call(reviewTask, back, by)).toMatchObject({
      state: 'waiting',
      feedback: ['Make the test pass.'],
    });
  });

  test('are never accepted without proof, nor without the review that the mission wants', async () => {
    const { task, mission, by } = await missions.running([planned('a'), planned('b')]);
    const unproven = attemptOn(task('a').id);
    await claim(unproven);
    await report(unproven, { cleanTree: false });
    await expect(accept(unproven)).rejects.toMatchObject(failing('checks_failed'));
    await missions.call(missionsRequests.updateMission, { id: mission.id, acceptance: 'person' }, by);
    const unseen = attemptOn(task('b').id);
    await claim(unseen);
    await report(unseen);
    await expect(accept(unseen)).rejects.toMatchObject(failing('review_missing'));
    const { id, attemptId } = unseen;
    await missions.call(reviewTask, { id, attemptId, verdict: 'accept' }, by);
    expect((await accept(unseen)).task).toMatchObject({ state: 'accepted' });
  });

  test('that fail pause the mission once nothing else can go on, and can be tried again', async () => {
    const { mission, task, by } = await missions.running([planned('a'), planned('b', ['a'])]);
    const attempt = attemptOn(task('a').id);
    await claim(attempt);
    const reason = { code: 'gave_up', cause: 'Too hard.', remedy: 'Try again.' };
    await missions.call(releaseTask, { ...attempt, outcome: 'failed', reason }, jason);
    expect(await missions.call(getMission, { id: mission.id }, by)).toMatchObject({
      state: 'paused',
      reason: { code: 'tasks_stuck', cause: expect.stringContaining('Task a') },
    });
    await missions.call(retryTask, { id: attempt.id, comment: 'Take your time.' }, by);
    await missions.call(resumeMission, { id: mission.id }, by);
    expect(await readyOf(mission.id)).toEqual(['a']);
  });
});

describe('the graph', () => {
  test('grows and changes while the mission runs, as long as a task was not begun', async () => {
    const { mission, task, by } = await missions.running([planned('a'), planned('b', ['a'])]);
    const added = await missions.call(
      addTask,
      { missionId: mission.id, ...planned('c', ['a']), blocks: ['b'] },
      by,
    );
    expect(added).toMatchObject({ state: 'waiting', waitsFor: 'a', version: 1 });
    expect((await missions.call(getTask, { id: task('b').id }, by)).dependsOn).toContain(added.id);
    await missions.call(updateTask, { id: added.id, title: 'Renamed' }, by);
    await claim(attemptOn(task('a').id));
    await expect(missions.call(updateTask, { id: task('a').id, title: 'Late' }, by)).rejects.toMatchObject(
      failing('task_begun'),
    );
    await missions.call(removeTask, { id: added.id }, by);
    const { items } = await missions.call(listTasks, { missionId: mission.id }, by);
    expect(items.find(({ key }) => key === 'b')?.dependsOn).toEqual([task('a').id]);
  });

  test('refuses a cycle with its path, and what is not there', async () => {
    const { mission, task, by } = await missions.running([
      planned('a'),
      planned('b', ['a']),
      planned('c', ['b']),
    ]);
    const connect = (id: string, dependsOn: string) => missions.call(connectTasks, { id, dependsOn }, by);
    await expect(connect(task('a').id, task('c').id)).rejects.toMatchObject({
      code: 'dependency_cycle',
      message: expect.stringContaining('a → c → b → a'),
    });
    await expect(connect(task('a').id, newId())).rejects.toMatchObject(failing('dependency_unknown'));
    await expect(connect(newId(), task('a').id)).rejects.toMatchObject(failing('task_not_found'));
    await missions.call(disconnectTasks, { id: task('b').id, dependsOn: task('a').id }, by);
    expect(await readyOf(mission.id)).toEqual(['b', 'a']);
    await expect(
      missions.call(addTask, { missionId: mission.id, ...planned('a') }, by),
    ).rejects.toMatchObject(failing('task_key_taken'));
  });

  test('is seen and changed only by those who see its mission', async () => {
    const { task, mission } = await missions.running([planned('a')]);
    await missions.database.query(`UPDATE mission SET visibility = 'private' WHERE id = '${mission.id}'`);
    const other = person();
    await expect(missions.call(getTask, { id: task('a').id }, other)).rejects.toMatchObject(
      failing('task_not_found'),
    );
    await expect(missions.call(removeTask, { id: task('a').id }, other)).rejects.toMatchObject(
      failing('task_not_found'),
    );
    expect((await missions.call(listTasks, { missionId: mission.id }, other)).items).toEqual([]);
  });

  test('is claimed once, however many ask at the same time', async () => {
    const { task } = await missions.running([planned('a')]);
    const attempts = Array.from({ length: 8 }, (_, index) => attemptOn(task('a').id, index + 1));
    const outcomes = await Promise.allSettled(attempts.map(claim));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});
