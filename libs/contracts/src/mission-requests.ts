import { z } from 'zod';
import { defineRequest } from './contract.js';
import { BackfillQuery, backfillOf } from './live.js';
import { artifactErrors, graphErrors, missionErrors, stateErrors, taskErrors } from './mission-errors.js';
import {
  AcceptanceCheck,
  AcceptancePolicy,
  Autonomy,
  Delivery,
  MAX_TASKS,
  Mission,
  MissionBudget,
  MissionState,
  PlannedTask,
  Priority,
  Repository,
  StateReason,
  Task,
  TaskState,
  ThreadEntry,
  Workspace,
} from './mission-schemas.js';
import { Id, Line, Nothing, PageQuery, Slug, Visibility, pageOf } from './schemas.js';

const MissionRef = z.object({ id: Id });
const ArtifactIds = z.array(Id).max(20).default([]).describe('Artifacts of the mission that belong to it.');
const Why = Line(500).optional().describe('Kept in the thread beside the change.');

const settings = {
  title: Line(160),
  goal: z.string().trim().min(1).max(20_000),
  repository: Repository.nullable(),
  baseBranch: Line(200).nullable(),
  priority: Priority,
  labels: z.array(Slug).max(20),
  autonomy: Autonomy,
  acceptance: AcceptancePolicy,
  deployMissing: z.boolean(),
  checks: z.array(AcceptanceCheck).max(10),
  workspace: Workspace,
  budget: MissionBudget,
  delivery: Delivery,
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

/** Of a mission as a whole, its thread, and the board of them all. */
export const missionRequests = {
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
      delivery: settings.delivery.default('none'),
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
      state: z
        .union([MissionState, z.array(MissionState).min(1)])
        .optional()
        .describe('One, or several.'),
      label: Slug.optional(),
      priority: Priority.optional(),
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
  /** A mission that has ended, with its tasks, thread and artifacts; by its owner or an administrator. */
  deleteMission: defineRequest('req.missions.delete-mission.v1', {
    input: MissionRef,
    output: Nothing,
    errors: { ...missionErrors, ...stateErrors },
  }),

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
  /** Where the mission's branch was brought to; told once in the thread. */
  recordDelivery: defineRequest('req.missions.record-delivery.v1', {
    input: MissionRef.extend({ deliveredTo: z.string().min(1).max(2_000) }),
    output: Mission,
    errors: missionErrors,
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

  listThread: defineRequest('req.missions.list-thread.v1', {
    input: PageQuery.extend({
      id: Id.describe('The mission.'),
      taskId: Id.optional(),
      kind: ThreadEntry.shape.kind.optional(),
      search: z
        .string()
        .trim()
        .max(200)
        .optional()
        .describe('Words of the text, or of the name of its author.'),
    }),
    output: pageOf(ThreadEntry),
    errors: missionErrors,
  }),
  addComment: defineRequest('req.missions.add-comment.v1', {
    input: MissionRef.extend({
      taskId: Id.optional(),
      text: z.string().trim().min(1).max(20_000),
      artifactIds: ArtifactIds,
    }),
    output: ThreadEntry,
    errors: { ...missionErrors, ...taskErrors, ...artifactErrors },
  }),
  /** Entries by Jason, agents and the scheduler, once per idempotency key. */
  addEntry: defineRequest('req.missions.add-entry.v1', {
    input: MissionRef.extend({
      taskId: Id.nullable().default(null),
      kind: ThreadEntry.shape.kind,
      author: ThreadEntry.shape.author,
      text: z.string().max(20_000),
      data: z.record(z.string(), z.unknown()).nullable().default(null),
      artifactIds: ArtifactIds,
    }),
    output: ThreadEntry,
    errors: { ...missionErrors, ...taskErrors, ...artifactErrors },
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
};
