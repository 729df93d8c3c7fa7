import { z } from 'zod';
import { defineEvent, defineRequest } from './contract.js';
import { missionErrors, taskErrors } from './mission-errors.js';
import { Receipt, StateReason } from './mission-schemas.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Line, PageQuery, Slug, pageOf } from './schemas.js';

/**
 * How an agent comes to its files. `worktree`: it shares the file system and the user. `copy`: it shares the file system
 * as another user, as containers do, and works in a repository of its own there. `clone`: it shares nothing; it clones
 * its branch from the git endpoint and pushes back.
 */
export const Workplace = z.enum(['worktree', 'copy', 'clone']);
export type Workplace = z.infer<typeof Workplace>;

/** An agent that missions may use, with what it can do and what it has done. */
export const PoolAgent = z
  .object({
    id: Id,
    deploymentId: Id,
    agentId: z.string().describe("The agent's id in its gateway."),
    name: z.string(),
    capabilities: z.array(Slug),
    capabilitiesEdited: z
      .boolean()
      .describe('Set by a person; else those of its deployment and of its gateway.'),
    reported: z
      .array(Slug)
      .default([])
      .describe('Those that its gateway reports: skills that are ready to use.'),
    workplace: Workplace,
    enabled: z.boolean().describe('May be given tasks.'),
    online: z.boolean(),
    concurrency: z.number().int().describe('Tasks at the same time.'),
    load: z.number().int().describe('Tasks it does now.'),
    accepted: z.number().int().describe('Attempts that ended in accepted work.'),
    failed: z.number().int().describe('Attempts that did not.'),
    costUsd: z.number().describe('What its attempts have cost so far.'),
    updatedAt: Instant,
  })
  .meta({ id: 'PoolAgent' });
export type PoolAgent = z.infer<typeof PoolAgent>;

/**
 * Where an attempt is on its way: `claiming` the task, `preparing` a worktree, `working` (the agent's turn), `asking`
 * a person, `collecting` what was done, `checking` it, `reporting` it, `reviewing` (a person's verdict), `merging`,
 * `accepting`, and `closing`, which keeps the work and removes the worktree. The last four are ends: only `accepted` work is in the mission's branch, the rest is kept in a ref.
 */
export const AttemptState = z.enum([
  'claiming',
  'preparing',
  'working',
  'asking',
  'collecting',
  'checking',
  'reporting',
  'reviewing',
  'merging',
  'accepting',
  'closing',
  'accepted',
  'sent-back',
  'failed',
  'abandoned',
]);
export type AttemptState = z.infer<typeof AttemptState>;

export const Attempt = z
  .object({
    id: Id,
    missionId: Id,
    taskId: Id,
    number: z.number().int().describe('Of this task, from 1.'),
    agent: z.object({
      id: Id,
      deploymentId: Id,
      agentId: z.string(),
      name: z.string(),
      workplace: Workplace.default('worktree'),
    }),
    choice: z.array(z.string()).describe('Why this agent.'),
    state: AttemptState,
    reason: StateReason.nullable().describe('Why it ended without accepted work.'),
    waitsFor: z.string().nullable(),
    deadlineAt: Instant.nullable(),
    chatId: Id.nullable().describe('Where the agent works: live topic `chat/{id}`.'),
    directory: z.string().nullable().describe('Worktree while it works; removed at the end.'),
    branch: z.string().nullable(),
    base: z.string().nullable(),
    commit: z.string().nullable(),
    rescueRef: z.string().nullable().describe('Keeps work that was not accepted.'),
    ports: z.array(z.number().int()),
    receipt: Receipt.nullable(),
    createdAt: Instant,
    updatedAt: Instant,
    finishedAt: Instant.nullable(),
  })
  .meta({ id: 'Attempt' });
export type Attempt = z.infer<typeof Attempt>;

/** Why a task that could start has not been given to an agent. */
export const TaskWait = z
  .object({
    taskId: Id,
    code: z.enum([
      'next',
      'capability_missing',
      'agent_needed',
      'agents_offline',
      'agents_busy',
      'mission_cap',
      'global_cap',
      'memory_low',
      'disk_low',
      'ports_taken',
      'retry_pause',
    ]),
    text: z.string(),
    remedy: z.string().nullable(),
    until: Instant.nullable().describe('When it is looked at again at the latest, where known.'),
  })
  .meta({ id: 'TaskWait' });
export type TaskWait = z.infer<typeof TaskWait>;

/** Bounds of work at the same time, over all missions. */
export const Caps = z
  .object({
    tasks: z.number().int().min(1).max(1_000).describe('Attempts at the same time, over all missions.'),
    tasksPerMission: z.number().int().min(1).max(1_000),
    attemptsPerTask: z.number().int().min(1).max(20).describe('Attempts until a task fails for good.'),
  })
  .meta({ id: 'Caps' });
export type Caps = z.infer<typeof Caps>;

const attemptErrors = {
  attempt_not_found: {
    status: 404,
    title: 'There is no such attempt.',
    hint: 'List the attempts of the task to find the right id.',
  },
} as const;

export const executionRequests = {
  listPool: defineRequest('req.orchestrator.list-pool.v1', {
    input: z.object({}),
    output: z.object({ items: z.array(PoolAgent) }),
  }),
  updatePoolAgent: defineRequest('req.orchestrator.update-pool-agent.v1', {
    input: z.object({
      id: Id,
      capabilities: z
        .array(Slug)
        .max(30)
        .nullable()
        .optional()
        .describe('Null: those of its deployment again.'),
      workplace: Workplace.nullable().optional().describe('Null: what its deployment makes it.'),
      enabled: z.boolean().optional(),
      concurrency: z.number().int().min(1).max(64).optional(),
    }),
    output: PoolAgent,
    errors: {
      pool_agent_not_found: {
        status: 404,
        title: 'There is no such agent in the pool.',
        hint: 'List the pool to find the right id.',
      },
    },
  }),
  listAttempts: defineRequest('req.orchestrator.list-attempts.v1', {
    input: PageQuery.extend({
      missionId: Id.optional(),
      taskId: Id.optional(),
      agentId: Id.optional().describe('Of the pool, as in `agent.id`.'),
    }),
    output: pageOf(Attempt),
  }),
  getAttempt: defineRequest('req.orchestrator.get-attempt.v1', {
    input: z.object({ id: Id }),
    output: Attempt,
    errors: attemptErrors,
  }),
  /** What an attempt changed, as git tells it. */
  getDiff: defineRequest('req.orchestrator.get-diff.v1', {
    input: z.object({ id: Id, path: Line(1_000).optional().describe('Only of this file.') }),
    output: z.object({ diff: z.string(), truncated: z.boolean() }),
    errors: {
      ...attemptErrors,
      no_diff: {
        status: 409,
        title: 'This attempt has no commit to compare.',
        hint: 'Its mission has no repository, or the agent has not finished yet.',
      },
    },
    timeoutMs: 30_000,
  }),
  /** Why a task has not begun; null where it has, or where its dependencies are not accepted yet. */
  explainTask: defineRequest('req.orchestrator.explain-task.v1', {
    input: z.object({ id: Id.describe('The task.') }),
    output: z.object({ wait: TaskWait.nullable() }),
    errors: taskErrors,
  }),
  /** The same of all tasks of a mission that have not begun. */
  listWaits: defineRequest('req.orchestrator.list-waits.v1', {
    input: z.object({ id: Id.describe('The mission.') }),
    output: z.object({ items: z.array(TaskWait) }),
    errors: missionErrors,
  }),
  getCaps: defineRequest('req.orchestrator.get-caps.v1', { input: z.object({}), output: Caps }),
  setCaps: defineRequest('req.orchestrator.set-caps.v1', { input: Caps.partial(), output: Caps }),
  /** Takes what a mission merged out of its branch again; the merges stay under a ref. */
  rollBackMission: defineRequest('req.orchestrator.roll-back-mission.v1', {
    input: z.object({ id: Id.describe('The mission.') }),
    output: z.object({ branch: z.string(), commit: z.string(), keptAt: z.string() }),
    errors: {
      ...missionErrors,
      nothing_merged: {
        status: 409,
        title: 'This mission has merged nothing, or still runs.',
        hint: 'Cancel or finish it first; a mission without accepted work has nothing to take back.',
      },
    },
    timeoutMs: 30_000,
  }),
};

export const executionEvents = {
  attemptChanged: defineEvent(
    'evt.orchestrator.attempt-changed.v1',
    z.object({ attempt: Attempt, from: AttemptState.nullable() }),
  ),
};

export const executionRoutes = defineRoutes({
  'GET /api/v1/pool': {
    contract: executionRequests.listPool,
    access: 'agents:read',
    summary: 'Agents that missions may use, with capabilities, load and record',
  },
  'PATCH /api/v1/pool/{id}': {
    contract: executionRequests.updatePoolAgent,
    access: 'agents:write',
    summary: 'Change what an agent is used for',
  },
  'GET /api/v1/attempts': {
    contract: executionRequests.listAttempts,
    access: 'missions:read',
    summary: 'Attempts at tasks, newest first',
  },
  'GET /api/v1/attempts/{id}': {
    contract: executionRequests.getAttempt,
    access: 'missions:read',
    summary: 'One attempt with its receipt',
  },
  'GET /api/v1/attempts/{id}/diff': {
    contract: executionRequests.getDiff,
    access: 'missions:read',
    summary: 'What an attempt changed',
  },
  'GET /api/v1/tasks/{id}/wait': {
    contract: executionRequests.explainTask,
    access: 'missions:read',
    summary: 'Why a task has not begun, and until when',
  },
  'GET /api/v1/missions/{id}/waits': {
    contract: executionRequests.listWaits,
    access: 'missions:read',
    summary: 'Why tasks of a mission that could start have not begun',
  },
  'GET /api/v1/caps': {
    contract: executionRequests.getCaps,
    access: 'missions:read',
    summary: 'How many tasks run at the same time',
  },
  'PATCH /api/v1/caps': {
    contract: executionRequests.setCaps,
    access: 'settings:write',
    summary: 'Change how many tasks run at the same time',
  },
  'POST /api/v1/missions/{id}/rollback': {
    contract: executionRequests.rollBackMission,
    access: 'missions:write',
    summary: "Take a mission's merges out of its branch again",
  },
});
