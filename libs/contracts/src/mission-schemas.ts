import { z } from 'zod';
import { Id, Instant, Line, Slug, Visibility } from './schemas.js';

/** What a person, or Jason on their behalf, wants done, and within which bounds. */
export const Autonomy = z
  .enum(['propose', 'auto'])
  .describe("propose: a person approves the plan. auto: Jason's plan starts by itself.");
export type Autonomy = z.infer<typeof Autonomy>;

/** Who decides that a task whose checks passed is done. */
export const AcceptancePolicy = z.enum(['checks', 'person']);
export type AcceptancePolicy = z.infer<typeof AcceptancePolicy>;

/** What becomes of a mission's branch at its end, beside being there: pushed, or offered as a pull request. */
export const Delivery = z.enum(['none', 'push', 'pull-request']);
export type Delivery = z.infer<typeof Delivery>;

export const Priority = z.enum(['low', 'normal', 'high', 'urgent']);
export type Priority = z.infer<typeof Priority>;

/** A command that must exit with 0 in the attempt's worktree before its work may be accepted. */
export const AcceptanceCheck = z
  .object({
    name: Line(80),
    command: z.string().trim().min(1).max(2_000).describe('Run by `sh -c` in the worktree.'),
    timeoutS: z.number().int().min(1).max(3_600).default(300),
  })
  .meta({ id: 'AcceptanceCheck' });
export type AcceptanceCheck = z.infer<typeof AcceptanceCheck>;

/** Bounds of a mission; null is no bound of its own. Reaching one pauses the mission with a reason. */
export const MissionBudget = z
  .object({
    tokens: z.number().int().positive().nullable().default(null),
    costUsd: z.number().positive().nullable().default(null),
    wallMinutes: z.number().int().positive().nullable().default(null),
    attempts: z
      .number()
      .int()
      .positive()
      .nullable()
      .default(null)
      .describe('Attempts of all tasks together.'),
  })
  .meta({ id: 'MissionBudget' });
export type MissionBudget = z.infer<typeof MissionBudget>;

/** What was used of the budget so far. */
const MissionSpend = z
  .object({
    tokens: z.number().int(),
    costUsd: z.number(),
    wallMinutes: z.number(),
    attempts: z.number().int(),
  })
  .meta({ id: 'MissionSpend' });

/** How a worktree is made ready for work. */
export const Workspace = z
  .object({
    setup: z
      .string()
      .trim()
      .min(1)
      .max(2_000)
      .nullable()
      .default(null)
      .describe('Command run in a new worktree.'),
    setupTimeoutS: z.number().int().min(1).max(3_600).default(600),
    include: z
      .array(z.string().trim().min(1).max(400))
      .max(50)
      .default([])
      .describe('Untracked files of the repository to copy into each worktree, such as `.env`.'),
    ports: z
      .number()
      .int()
      .min(0)
      .max(20)
      .default(0)
      .describe('Ports leased to each attempt: AETHER_PORT_1 ...'),
    permissions: z
      .enum(['full', 'guarded'])
      .default('full')
      .describe('guarded: agents ask a person before they run commands.'),
  })
  .meta({ id: 'Workspace' });
export type Workspace = z.infer<typeof Workspace>;

/** Where the work is: an absolute path on the orchestrator's machine, or an address git can clone. */
export const Repository = z.string().trim().min(1).max(1_000);

export const MissionState = z.enum([
  'draft',
  'planning',
  'proposed',
  'running',
  'paused',
  'finishing',
  'completed',
  'failed',
  'cancelled',
]);
export type MissionState = z.infer<typeof MissionState>;

/** Why something is paused, failed or waits for a person, and what to do about it. */
export const StateReason = z
  .object({ code: z.string(), cause: z.string(), remedy: z.string() })
  .meta({ id: 'StateReason' });
export type StateReason = z.infer<typeof StateReason>;

/**
 * A task is `waiting` until an attempt claims it; whether it is ready is derived from the graph, never stored.
 * `asking`: its agent asked a person. `reported`: work is there, with a receipt, and waits for review or merge.
 * `accepted`: checked, reviewed where the policy says so, and merged into the mission's branch.
 */
export const TaskState = z.enum([
  'waiting',
  'running',
  'asking',
  'reported',
  'accepted',
  'failed',
  'cancelled',
]);
export type TaskState = z.infer<typeof TaskState>;

const CheckResult = z
  .object({
    name: z.string(),
    command: z.string(),
    exitCode: z.number().int().nullable().describe('Null where it was ended by a signal or its deadline.'),
    timedOut: z.boolean(),
    output: z
      .string()
      .describe("The end of both streams: 16 kB in the attempt's receipt, less on the board."),
    durationMs: z.number().int(),
  })
  .meta({ id: 'CheckResult' });

const ChangedFile = z
  .object({
    path: z.string(),
    status: z.enum(['added', 'modified', 'deleted', 'renamed']),
    additions: z.number().int().nullable().describe('Null of a binary file.'),
    deletions: z.number().int().nullable(),
  })
  .meta({ id: 'ChangedFile' });

/** The proof that goes with reported work; `accepted` needs every check at 0 and a clean tree. */
export const Receipt = z
  .object({
    attemptId: Id,
    agentName: z.string(),
    summary: z.string().max(20_000).describe("The agent's own closing words."),
    base: z.string().nullable().describe('Commit the work began from; null without a repository.'),
    commit: z
      .string()
      .nullable()
      .describe('Commit that holds the work; equal to base where nothing changed.'),
    cleanTree: z.boolean(),
    files: z.array(ChangedFile).max(2_000),
    checks: z.array(CheckResult).max(20),
    tokens: z.number().int(),
    costUsd: z.number(),
    startedAt: Instant,
    finishedAt: Instant,
    mergeCommit: z.string().nullable().default(null).describe("In the mission's branch, once accepted."),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.infer<typeof Receipt>;

export const Mission = z
  .object({
    id: Id,
    title: z.string(),
    goal: z.string(),
    repository: Repository.nullable(),
    baseBranch: z.string().nullable().describe("Null: the repository's default branch."),
    branch: z.string().nullable().describe('Branch that collects accepted work.'),
    priority: Priority,
    labels: z.array(Slug),
    autonomy: Autonomy,
    acceptance: AcceptancePolicy,
    deployMissing: z.boolean().describe('May deploy an agent from a template when a capability is missing.'),
    checks: z.array(AcceptanceCheck).describe('Run for every task beside its own.'),
    workspace: Workspace,
    budget: MissionBudget,
    spend: MissionSpend,
    state: MissionState,
    reason: StateReason.nullable().describe('Why it is paused, failed or cancelled.'),
    waitsFor: z.string().nullable().describe('What a state that is not final waits for.'),
    deadlineAt: Instant.nullable().describe('When that wait ends at the latest.'),
    tasks: z.record(TaskState, z.number().int()).describe('How many tasks are in each state.'),
    report: z.string().nullable().describe("Jason's closing report, Markdown."),
    delivery: Delivery.default('none').describe('By the remote that is configured for its repository.'),
    deliveredTo: z
      .string()
      .nullable()
      .default(null)
      .describe('Address of the pull request, or of the pushed branch.'),
    visibility: Visibility,
    version: z.number().int(),
    createdBy: z.string(),
    createdAt: Instant,
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
    updatedAt: Instant,
  })
  .meta({ id: 'Mission' });
export type Mission = z.infer<typeof Mission>;

export const Task = z
  .object({
    id: Id,
    missionId: Id,
    key: Slug.describe('Short name within its mission; plans refer to tasks by it.'),
    kind: z.enum(['work', 'conflict']).describe('conflict: made when a merge failed.'),
    title: z.string(),
    instructions: z.string(),
    requires: z.array(Slug).describe('Capabilities an agent must have.'),
    prefers: z.array(Slug),
    checks: z.array(AcceptanceCheck),
    estimateMinutes: z.number().int(),
    dependsOn: z.array(Id),
    state: TaskState,
    reason: StateReason.nullable().describe('Why it failed, or what its agent asked.'),
    waitsFor: z.string().nullable(),
    deadlineAt: Instant.nullable().describe(
      'When the wait of a task that was begun ends at the latest. The others wait as long as their mission.',
    ),
    attempts: z.number().int().describe('Attempts begun so far.'),
    attemptId: Id.nullable().describe('The present attempt, or the one that was accepted.'),
    agentName: z.string().nullable().describe('Who does it, or did.'),
    feedback: z
      .array(z.string())
      .describe('What sent-back work and failed attempts taught; given to the next attempt.'),
    receipt: Receipt.nullable(),
    chainMinutes: z.number().int().describe('Estimate of the longest chain of tasks that begins here.'),
    version: z.number().int(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Task' });
export type Task = z.infer<typeof Task>;

/** A task as a plan or a person writes it; `dependsOn` names other tasks by key. */
export const PlannedTask = z
  .object({
    key: Slug,
    title: Line(160),
    instructions: z.string().trim().min(1).max(20_000),
    requires: z.array(Slug).max(10).default([]),
    prefers: z.array(Slug).max(10).default([]),
    checks: z.array(AcceptanceCheck).max(10).default([]),
    estimateMinutes: z.number().int().min(1).max(1_440).default(10),
    dependsOn: z.array(Slug).max(50).default([]),
  })
  .meta({ id: 'PlannedTask' });
export type PlannedTask = z.infer<typeof PlannedTask>;

/** What a scheduler needs to know of a task that could start: few words, since there may be many. */
export const ReadyTask = Task.pick({
  id: true,
  missionId: true,
  key: true,
  title: true,
  requires: true,
  prefers: true,
  chainMinutes: true,
  updatedAt: true,
}).extend({
  mission: Mission.pick({ priority: true, deployMissing: true, createdBy: true, visibility: true }).extend({
    ports: z.number().int().describe('To be leased to each attempt.'),
  }),
});
export type ReadyTask = z.infer<typeof ReadyTask>;

/** Most tasks one mission may have. */
export const MAX_TASKS = 200;

export const ThreadEntry = z
  .object({
    id: Id,
    seq: z.number().int().describe('Place in the thread of the mission, from 1 without holes.'),
    missionId: Id,
    taskId: Id.nullable(),
    kind: z.enum([
      'comment',
      'progress',
      'plan',
      'proposal',
      'question',
      'answer',
      'approval',
      'decision',
      'receipt',
      'state',
      'artifact',
    ]),
    author: z.object({
      type: z.enum(['user', 'key', 'agent', 'jason', 'service']),
      id: z.string(),
      name: z.string(),
    }),
    text: z.string(),
    data: z.record(z.string(), z.unknown()).nullable().describe('What the entry refers to, by kind.'),
    artifactIds: z.array(Id).default([]).describe('Artifacts of the mission that belong to it.'),
    at: Instant,
  })
  .meta({ id: 'ThreadEntry' });
export type ThreadEntry = z.infer<typeof ThreadEntry>;
