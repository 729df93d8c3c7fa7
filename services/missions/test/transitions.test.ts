import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ContractFailure } from '@aether/contracts/failure';
import { missionsRequests } from '@aether/contracts/missions';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import fc from 'fast-check';
import { findCycle } from '../src/tasks/graph.js';
import { attempts, jason, person, planned, startMissions, type Attempt } from './system.js';

const RUNS = 15;
const LONGEST_MS = 120_000;
const requests = missionsRequests;
const reason = { code: 'test', cause: 'By chance.', remedy: 'None.' };

let missions: Awaited<ReturnType<typeof startMissions>>;
const { claim, report, accept, attemptOn } = attempts(() => missions);
beforeAll(async () => {
  missions = await startMissions();
});
afterAll(() => missions.stop());

/** One mission under random commands, and what must hold after each of them. */
class World {
  private readonly by = person();
  private readonly held = new Map<string, Attempt>();
  private readonly accepted = new Map<string, Task>();
  private ended: Mission['state'] | null = null;
  private keys = 0;
  private tasks: Task[] = [];

  private constructor(private readonly id: string) {}

  static async create(): Promise<World> {
    const { mission } = await missions.running([
      planned('a'),
      planned('b', ['a']),
      planned('c', ['a']),
      planned('d', ['b', 'c']),
    ]);
    const world = new World(mission.id);
    await world.check();
    return world;
  }

  async run({ verb, one, two }: Command): Promise<void> {
    const task = this.tasks[one % Math.max(1, this.tasks.length)];
    const other = this.tasks[two % Math.max(1, this.tasks.length)];
    await this.perform(verb, task, other).catch((error: unknown) => {
      // A refusal is an answer; a fault is not.
      const isRefusal = error instanceof ContractFailure && error.status < 500;
      if (!isRefusal) throw error;
    });
    await this.check();
  }

  private async perform(verb: Verb, task: Task | undefined, other: Task | undefined): Promise<unknown> {
    if (verb === 'add') return this.add(task, other);
    if (isOfMission(verb)) return this.onMission(verb);
    return task && this.onTask(verb, task, other);
  }

  private async add(task: Task | undefined, other: Task | undefined): Promise<unknown> {
    const added = planned(this.newKey(), task ? [task.key] : []);
    const blocks = other ? [other.key] : [];
    return missions.call(requests.addTask, { missionId: this.id, ...added, blocks }, this.by);
  }

  private async onMission(verb: MissionVerb): Promise<unknown> {
    const { id, by } = this;
    const { call } = missions;
    switch (verb) {
      case 'approve':
        return call(requests.approveMission, { id }, by);
      case 'pause':
        return call(requests.pauseMission, { id }, by);
      case 'resume':
        return call(requests.resumeMission, { id }, by);
      case 'cancelMission':
        return call(requests.cancelMission, { id }, by);
      case 'plan':
        return call(requests.planMission, { id }, by);
      case 'propose':
        return call(
          requests.proposePlan,
          { id, tasks: [planned(this.newKey())], note: '', demo: false },
          jason,
        );
      case 'finish':
        return call(requests.finishMission, { id, outcome: 'completed', report: '' }, jason);
      case 'hold':
        return call(requests.holdMission, { id, reason }, jason);
      case 'byPerson':
        return call(requests.updateMission, { id, acceptance: 'person' }, by);
    }
  }

  private async onTask(verb: TaskVerb, task: Task, other: Task | undefined): Promise<unknown> {
    const { by } = this;
    const { call } = missions;
    const attempt = this.held.get(task.id) ?? attemptOn(task.id);
    switch (verb) {
      case 'claim': {
        const next = attemptOn(task.id, task.attempts + 1);
        await claim(next);
        return this.held.set(task.id, next);
      }
      case 'ask': {
        const deadlineAt = new Date(Date.now() + 60_000).toISOString();
        return call(requests.askPerson, { ...attempt, question: 'Which?', deadlineAt }, jason);
      }
      case 'answer':
        return call(requests.answerQuestion, { id: task.id, text: 'This' }, by);
      case 'report':
        return report(attempt);
      case 'reportUnproven':
        return report(attempt, { cleanTree: false });
      case 'accept':
        return accept(attempt);
      case 'reviewAccept':
      case 'sendBack': {
        const verdict = verdicts[verb];
        return call(requests.reviewTask, { id: task.id, attemptId: attempt.attemptId, verdict }, by);
      }
      case 'again':
      case 'fail': {
        const outcome = verb === 'again' ? 'again' : 'failed';
        return call(requests.releaseTask, { ...attempt, outcome, reason }, jason);
      }
      case 'retry':
        return call(requests.retryTask, { id: task.id }, by);
      case 'cancel':
        return call(requests.cancelTask, { id: task.id }, by);
      case 'remove':
        return call(requests.removeTask, { id: task.id }, by);
      case 'connect':
        return call(requests.connectTasks, { id: task.id, dependsOn: other?.id ?? task.id }, by);
      case 'disconnect':
        return call(requests.disconnectTasks, { id: task.id, dependsOn: task.dependsOn[0] ?? task.id }, by);
    }
  }

  private newKey(): string {
    return `n${(this.keys += 1)}`;
  }

  private async check(): Promise<void> {
    const { id, by } = this;
    const mission = await missions.call(requests.getMission, { id }, by);
    const { items } = await missions.call(requests.listTasks, { missionId: id, limit: 200 }, by);
    this.tasks = items.reverse();
    this.missionIsSound(mission);
    for (const task of this.tasks) this.taskIsSound(task, mission);
    for (const [taskId, before] of this.accepted)
      expect(this.tasks.find((task) => task.id === taskId)).toEqual(before);
    expect(findCycle(this.tasks)).toBeNull();
    for (const task of this.tasks) if (task.state === 'accepted') this.accepted.set(task.id, task);
  }

  private missionIsSound(mission: Mission): void {
    if (this.ended) expect(mission.state).toBe(this.ended);
    const isFinal = ['completed', 'failed', 'cancelled'].includes(mission.state);
    if (isFinal) this.ended = mission.state;
    expect({ waits: mission.waitsFor !== null, until: mission.deadlineAt !== null }).toEqual({
      waits: !isFinal,
      until: !isFinal,
    });
    for (const [state, count] of Object.entries(mission.tasks))
      expect(this.tasks.filter((task) => task.state === state)).toHaveLength(count);
  }

  private taskIsSound(task: Task, mission: Mission): void {
    const isBegun = ['running', 'asking', 'reported'].includes(task.state);
    const isOpen = isBegun || ['waiting', 'failed'].includes(task.state);
    expect({ task: task.state, waits: task.waitsFor !== null, until: task.deadlineAt !== null }).toEqual({
      task: task.state,
      waits: isOpen,
      until: isBegun,
    });
    if (isOpen) expect(mission.deadlineAt).not.toBeNull();
    if (isBegun || task.state === 'accepted')
      for (const id of task.dependsOn)
        expect(this.tasks.find((dependency) => dependency.id === id)?.state).toBe('accepted');
  }
}

const verdicts = { reviewAccept: 'accept', sendBack: 'send-back' } as const;
const ofMission = [
  'approve',
  'pause',
  'resume',
  'plan',
  'propose',
  'finish',
  'hold',
  'byPerson',
  'cancelMission',
] as const;
const ofTasks = [
  'claim',
  'ask',
  'answer',
  'report',
  'reportUnproven',
  'accept',
  'reviewAccept',
  'sendBack',
  'again',
  'fail',
  'retry',
  'cancel',
  'remove',
  'connect',
  'disconnect',
] as const;
type MissionVerb = (typeof ofMission)[number];
type TaskVerb = (typeof ofTasks)[number];
type Verb = 'add' | MissionVerb | TaskVerb;
const isOfMission = (verb: Verb): verb is MissionVerb => ofMission.some((name) => name === verb);

/** Most commands carry tasks on, so that missions come far; few end everything. */
const verb = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('claim', 'report', 'accept') },
  { weight: 8, arbitrary: fc.constantFrom('add', ...ofTasks) },
  { weight: 2, arbitrary: fc.constantFrom('approve', 'resume', 'retry') },
  { weight: 1, arbitrary: fc.constantFrom(...ofMission) },
) satisfies fc.Arbitrary<Verb>;
const command = fc.record({ verb, one: fc.nat(7), two: fc.nat(7) });
const commands = (minLength: number, maxLength: number) => fc.array(command, { minLength, maxLength });
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

test(
  'whatever is asked in whatever order: what is open waits for something until some time, accepted work stays, order holds',
  async () => {
    await fc.assert(
      fc.asyncProperty(commands(20, 45), commands(5, 10), async (before, after) => {
        const world = await World.create();
        for (const each of before) await world.run(each);
        await world.run({ verb: 'cancelMission', one: 0, two: 0 });
        for (const each of after) await world.run(each);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: LONGEST_MS },
    );
  },
  2 * LONGEST_MS,
);
