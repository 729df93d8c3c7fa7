import { z } from 'zod';
import { defineCatalog, defineEvent, defineLive, defineRequest } from './contract.js';
import { BackfillQuery, backfillOf, liveEntry } from './live.js';
import {
  AcceptanceCheck,
  AcceptancePolicy,
  Autonomy,
  MAX_TASKS,
  Mission,
  MissionBudget,
  MissionState,
  PlannedTask,
  Priority,
  Receipt,
  Repository,
  StateReason,
  Task,
  TaskState,
  ThreadEntry,
  Workspace,
} from './mission-schemas.js';
import { operationsRequests } from './operations.js';
import { Id, Instant, Line, Nothing, PageQuery, Slug, Visibility, pageOf } from './schemas.js';

const missionErrors = {
  mission_not_found: {
    status: 404,
    title: 'There is no such mission.',
    hint: 'List the missions to find the right id.',
  },
} as const;

const taskErrors = {
  task_not_found: {
    status: 404,
    title: 'There is no such task.',
    hint: 'List the tasks of the mission to find the right id.',
  },
} as const;

const stateErrors = {
  transition_not_allowed: {
    status: 409,
    title: 'Its present state does not allow this.',
    hint: 'Read it again: `state` and `waitsFor` say where it is and what can be done.',
  },
} as const;

/** Of every change to a graph. */
const graphErrors = {
  dependency_cycle: {
    status: 422,
    title: 'These dependencies form a cycle.',
    hint: 'Remove one of the dependencies on the path given in `detail`.',
  },
  dependency_unknown: {
    status: 422,
    title: 'A task depends on one that is not there.',
    hint: 'Use keys of tasks in the same mission.',
  },
  task_key_taken: {
    status: 409,
    title: 'Another task of the mission has this key.',
    hint: 'Choose another key.',
  },
  too_many_tasks: {
    status: 422,
    title: 'The mission would have too many tasks.',
    hint: `Keep to ${MAX_TASKS} tasks; split the goal into several missions.`,
  },
  task_begun: {
    status: 409,
    title: 'This task was already begun.',
    hint: 'Only tasks that wait can be changed. Cancel it, or add another task.',
  },
} as const;

const attemptErrors = {
  ...taskErrors,
  ...stateErrors,
  attempt_superseded: {
    status: 409,
    title: 'Another attempt has taken this task over.',
    hint: 'Stop this attempt; its work is kept under a rescue ref.',
  },
} as const;

const proofErrors = {
  checks_failed: {
    status: 409,
    title: 'A check of this work failed, or its tree is not clean.',
    hint: 'Send it back, or remove the check from the task first.',
  },
} as const;

const MissionRef = z.object({ id: Id });
const TaskRef = z.object({ id: Id });
const Why = Line(500).optional().describe('Kept in the thread beside the change.');

const settings = {
  title: Line(160),
  goal: z.string().trim().min(1).max(20_000),
  repository: Repository.nullable(),
  baseBranch: Line(200).nullable(),
  priority: Priority,
  labels: z.array(Slug).max(20),
  /** Without a person's approval nothing starts yet: agents carry missions out in a later version. */
  autonomy: Autonomy.extract(['propose']),
  acceptance: AcceptancePolicy,
  deployMissing: z.boolean(),
  checks: z.array(AcceptanceCheck).max(10),
  workspace: Workspace,
  budget: MissionBudget,
  visibility: Visibility,
};

const missionTransition = <const E extends Record<string, { status: number; title: string; hint: string }>>(
  verb: string,
  errors: E = {} as E,
) =>
  defineRequest(`req.missions.${verb}-mission.v1`, {
    input: MissionRef.extend({ why: Why }),
    output: Mission,
    errors: { ...missionErrors, ...stateErrors, ...errors },
  });

const planErrors = {
  plan_empty: {
    status: 409,
    title: 'The mission has no tasks.',
    hint: 'Ask Jason for a plan, or add tasks.',
  },
} as const;

export const missionsRequests = {
  createMission: defineRequest('req.missions.create-mission.v1', {
    input: z.object({
      goal: settings.goal,
      title: settings.title.optional().describe("The goal's first line where absent."),
      repository: settings.repository.default(null),
      baseBranch: settings.baseBranch.default(null),
      priority: settings.priority.default('normal'),
      labels: settings.labels.default([]),
      autonomy: settings.autonomy.default('propose'),
      acceptance: settings.acceptance.default('checks'),
      deployMissing: settings.deployMissing.default(false),
      checks: settings.checks.default([]),
      workspace: settings.workspace.prefault({}),
      budget: settings.budget.prefault({}),
      visibility: settings.visibility.default('open'),
      plan: z.boolean().default(true).describe('Ask Jason for a plan at once; else it stays a draft.'),
    }),
    output: Mission,
  }),
  /** Goal, repository and workspace may change until it runs; the rest at any time before the end. */
  updateMission: defineRequest('req.missions.update-mission.v1', {
    input: MissionRef.extend(z.object(settings).partial().shape),
    output: Mission,
    errors: { ...missionErrors, ...stateErrors },
  }),
  listMissions: defineRequest('req.missions.list-missions.v1', {
    input: PageQuery.extend({
      state: MissionState.optional(),
      label: Slug.optional(),
      search: z.string().trim().max(200).optional().describe('Words of title or goal.'),
    }),
    output: pageOf(Mission),
  }),
  getMission: defineRequest('req.missions.get-mission.v1', {
    input: MissionRef,
    output: Mission,
    errors: missionErrors,
  }),
  /** Asks Jason for a plan, or for another one with `comment`. Answers at once; see `state`. */
  planMission: defineRequest('req.missions.plan-mission.v1', {
    input: MissionRef.extend({ comment: z.string().trim().min(1).max(5_000).optional() }),
    output: Mission,
    errors: { ...missionErrors, ...stateErrors },
  }),
  /** Starts the tasks: of a proposed mission (approval), or of a draft with tasks made by hand. */
  approveMission: missionTransition('approve', planErrors),
  pauseMission: missionTransition('pause'),
  resumeMission: missionTransition('resume'),
  cancelMission: missionTransition('cancel'),

  /** Jason's answer to `planRequested`: replaces every task that was not begun. */
  proposePlan: defineRequest('req.missions.propose-plan.v1', {
    input: MissionRef.extend({
      tasks: z.array(PlannedTask).min(1).max(MAX_TASKS),
      title: Line(160).optional(),
      note: z.string().max(10_000).describe("Jason's words about the plan."),
      demo: z.boolean().describe('Made by the demo model.'),
    }),
    output: Mission,
    errors: { ...missionErrors, ...stateErrors, ...graphErrors },
  }),
  /** No plan could be made: back to a draft, with the reason. */
  refusePlan: defineRequest('req.missions.refuse-plan.v1', {
    input: MissionRef.extend({ reason: StateReason }),
    output: Mission,
    errors: { ...missionErrors, ...stateErrors },
  }),
  /** Pauses for a reason that the scheduler found (a budget, a missing repository). */
  holdMission: defineRequest('req.missions.hold-mission.v1', {
    input: MissionRef.extend({ reason: StateReason }),
    output: Mission,
    errors: { ...missionErrors, ...stateErrors },
  }),
  /** Every task ended: the report, and completed or failed. Artifacts are put before. */
  finishMission: defineRequest('req.missions.finish-mission.v1', {
    input: MissionRef.extend({
      outcome: z.enum(['completed', 'failed']),
      report: z.string().max(100_000),
      reason: StateReason.nullable().default(null),
    }),
    output: Mission,
    errors: { ...missionErrors, ...stateErrors },
  }),
  /** What attempts used since the last call, once per idempotency key. Pauses where a bound is reached. */
  recordSpend: defineRequest('req.missions.record-spend.v1', {
    input: MissionRef.extend({
      tokens: z.number().int().min(0),
      costUsd: z.number().min(0),
    }),
    output: Mission,
    errors: missionErrors,
  }),

  listTasks: defineRequest('req.missions.list-tasks.v1', {
    input: PageQuery.extend({
      missionId: Id.optional(),
      state: TaskState.optional(),
      capability: Slug.optional(),
      search: z.string().trim().max(200).optional(),
    }),
    output: pageOf(Task),
  }),
  getTask: defineRequest('req.missions.get-task.v1', { input: TaskRef, output: Task, errors: taskErrors }),
  addTask: defineRequest('req.missions.add-task.v1', {
    input: PlannedTask.extend({ missionId: Id, blocks: z.array(Slug).max(50).default([]) }),
    output: Task,
    errors: { ...missionErrors, ...stateErrors, ...graphErrors },
  }),
  updateTask: defineRequest('req.missions.update-task.v1', {
    input: TaskRef.extend(PlannedTask.omit({ key: true, dependsOn: true }).partial().shape),
    output: Task,
    errors: { ...taskErrors, ...stateErrors, ...graphErrors },
  }),
  removeTask: defineRequest('req.missions.remove-task.v1', {
    input: TaskRef,
    output: Task,
    errors: { ...taskErrors, ...stateErrors, ...graphErrors },
  }),
  connectTasks: defineRequest('req.missions.connect-tasks.v1', {
    input: TaskRef.extend({ dependsOn: Id }),
    output: Task,
    errors: { ...taskErrors, ...stateErrors, ...graphErrors },
  }),
  disconnectTasks: defineRequest('req.missions.disconnect-tasks.v1', {
    input: TaskRef.extend({ dependsOn: Id }),
    output: Task,
    errors: { ...taskErrors, ...stateErrors, ...graphErrors },
  }),
  /** Sends a failed or cancelled task back to `waiting`, with what should be done differently. */
  retryTask: defineRequest('req.missions.retry-task.v1', {
    input: TaskRef.extend({ comment: z.string().trim().min(1).max(5_000).optional() }),
    output: Task,
    errors: { ...taskErrors, ...stateErrors },
  }),
  /** What depends on it can never start, so it is cancelled with it. */
  cancelTask: defineRequest('req.missions.cancel-task.v1', {
    input: TaskRef.extend({ why: Why }),
    output: Task,
    errors: { ...taskErrors, ...stateErrors },
  }),
  /** A person's verdict on reported work. Sent-back work becomes the next attempt's instructions. */
  reviewTask: defineRequest('req.missions.review-task.v1', {
    input: TaskRef.extend({
      verdict: z.enum(['accept', 'send-back']),
      comment: z.string().trim().min(1).max(5_000).optional(),
      attemptId: Id.describe('The attempt that was looked at.'),
    }),
    output: Task,
    errors: {
      ...attemptErrors,
      ...proofErrors,
    },
  }),
  answerQuestion: defineRequest('req.missions.answer-question.v1', {
    input: TaskRef.extend({ text: z.string().trim().min(1).max(20_000) }),
    output: Task,
    errors: { ...taskErrors, ...stateErrors },
  }),

  /** Tasks of running missions whose dependencies are all accepted and that no attempt has claimed. */
  listReadyTasks: defineRequest('req.missions.list-ready-tasks.v1', {
    input: z.object({ missionId: Id.optional(), limit: z.number().int().min(1).max(1_000).default(200) }),
    output: z.object({
      items: z.array(
        z.object({ task: Task, readySince: Instant, priority: Priority, missionCreatedAt: Instant }),
      ),
    }),
  }),
  /** Binds a ready task to an attempt. Asked again with the same attempt it answers the same. */
  claimTask: defineRequest('req.missions.claim-task.v1', {
    input: TaskRef.extend({
      attemptId: Id,
      fence: z.number().int().min(1).describe('Grows with each owner of the task; a lower one is refused.'),
      agentName: Line(160),
      deadlineAt: Instant,
    }),
    output: z.object({ task: Task, mission: Mission, dependencies: z.array(Task) }),
    errors: {
      ...attemptErrors,
      task_not_ready: {
        status: 409,
        title: 'This task cannot start now.',
        hint: 'Its dependencies are not accepted, its mission does not run, or a budget is used up.',
      },
    },
  }),
  /** The agent asked a person: the task waits for `answerQuestion`. */
  askPerson: defineRequest('req.missions.ask-person.v1', {
    input: TaskRef.extend({
      attemptId: Id,
      question: z.string().trim().min(1).max(20_000),
      deadlineAt: Instant,
    }),
    output: Task,
    errors: attemptErrors,
  }),
  reportTask: defineRequest('req.missions.report-task.v1', {
    input: TaskRef.extend({ attemptId: Id, fence: z.number().int(), receipt: Receipt }),
    output: Task,
    errors: attemptErrors,
  }),
  /** Merged and done. Answers with the tasks that became ready by it, so that they start at once. */
  acceptTask: defineRequest('req.missions.accept-task.v1', {
    input: TaskRef.extend({ attemptId: Id, fence: z.number().int(), mergeCommit: z.string().nullable() }),
    output: z.object({ task: Task, ready: z.array(Task), mission: Mission }),
    errors: {
      ...attemptErrors,
      ...proofErrors,
      review_missing: {
        status: 409,
        title: 'Nobody has accepted this work yet.',
        hint: 'The mission wants a review by a person before work is merged.',
      },
    },
  }),
  /** An attempt ended without accepted work: waiting again with what was learned, or failed for good. */
  releaseTask: defineRequest('req.missions.release-task.v1', {
    input: TaskRef.extend({
      attemptId: Id,
      fence: z.number().int(),
      outcome: z.enum(['again', 'failed']),
      reason: StateReason,
      lesson: z.string().max(5_000).nullable().default(null),
    }),
    output: Task,
    errors: attemptErrors,
  }),

  listThread: defineRequest('req.missions.list-thread.v1', {
    input: PageQuery.extend({ id: Id.describe('The mission.'), taskId: Id.optional() }),
    output: pageOf(ThreadEntry),
    errors: missionErrors,
  }),
  addComment: defineRequest('req.missions.add-comment.v1', {
    input: MissionRef.extend({ taskId: Id.optional(), text: z.string().trim().min(1).max(20_000) }),
    output: ThreadEntry,
    errors: { ...missionErrors, ...taskErrors },
  }),
  /** Entries by Jason, agents and the scheduler, once per idempotency key. */
  addEntry: defineRequest('req.missions.add-entry.v1', {
    input: MissionRef.extend({
      taskId: Id.nullable().default(null),
      kind: ThreadEntry.shape.kind,
      author: ThreadEntry.shape.author,
      text: z.string().max(20_000),
      data: z.record(z.string(), z.unknown()).nullable().default(null),
    }),
    output: ThreadEntry,
    errors: { ...missionErrors, ...taskErrors },
  }),
  /** Backfill of the thread topic; the cursor is the `seq`. */
  followThread: defineRequest('req.missions.follow-thread.v1', {
    input: BackfillQuery,
    output: backfillOf(ThreadEntry),
    errors: missionErrors,
  }),

  /** Board: how many tasks are in each state over all missions the caller may see, and what waits for people. */
  getBoard: defineRequest('req.missions.get-board.v1', {
    input: Nothing,
    output: z.object({
      missions: z.record(MissionState, z.number().int()),
      tasks: z.record(TaskState, z.number().int()),
      needsPerson: z.array(Task).max(50),
    }),
  }),
  ...operationsRequests('missions'),
};

/** Who changed it and why goes with each change. */
const change = { who: ThreadEntry.shape.author, why: z.string().nullable() };

export const missionsEvents = {
  missionCreated: defineEvent('evt.missions.mission-created.v1', z.object({ mission: Mission, ...change })),
  missionChanged: defineEvent(
    'evt.missions.mission-changed.v1',
    z.object({ mission: Mission, from: MissionState, ...change }),
  ),
  /** Jason is asked for a plan; `comment` says what to change about the last one. */
  planRequested: defineEvent(
    'evt.missions.plan-requested.v1',
    z.object({ mission: Mission, comment: z.string().nullable(), tasks: z.array(Task) }),
  ),
  taskChanged: defineEvent(
    'evt.missions.task-changed.v1',
    z.object({ task: Task, from: TaskState.nullable(), ...change }),
  ),
  taskRemoved: defineEvent(
    'evt.missions.task-removed.v1',
    z.object({ taskId: Id, missionId: Id, ...change }),
  ),
  taskReviewed: defineEvent(
    'evt.missions.task-reviewed.v1',
    z.object({
      task: Task,
      verdict: z.enum(['accept', 'send-back']),
      comment: z.string().nullable(),
      ...change,
    }),
  ),
  questionAnswered: defineEvent(
    'evt.missions.question-answered.v1',
    z.object({ task: Task, text: z.string(), ...change }),
  ),
  entryAdded: defineEvent('evt.missions.entry-added.v1', z.object({ entry: ThreadEntry })),
};

export const missionsLive = {
  thread: defineLive('live.missions.thread', liveEntry(ThreadEntry)),
};

export const missionsCatalog = defineCatalog({
  owner: 'missions',
  requests: missionsRequests,
  events: missionsEvents,
  live: missionsLive,
});
