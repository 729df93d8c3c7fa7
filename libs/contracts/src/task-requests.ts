import { z } from 'zod';
import { defineRequest } from './contract.js';
import {
  attemptErrors,
  graphErrors,
  missionErrors,
  proofErrors,
  stateErrors,
  taskErrors,
} from './mission-errors.js';
import {
  Mission,
  PlannedTask,
  ReadyTask,
  Receipt,
  StateReason,
  Task,
  TaskState,
  ThreadEntry,
} from './mission-schemas.js';
import { Id, Instant, Line, PageQuery, Slug, pageOf } from './schemas.js';

const TaskRef = z.object({ id: Id });
const Why = Line(500).optional().describe('Kept in the thread beside the change.');

/** Of the graph of tasks, and of an attempt's way through one of them. */
export const taskRequests = {
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
  /**
   * A follow-up task that an agent proposes, which depends on its own. In a mission with autonomy `auto` it is added,
   * else it stays a `proposal` of the thread until a person adopts it.
   */
  proposeTask: defineRequest('req.missions.propose-task.v1', {
    input: PlannedTask.omit({ dependsOn: true }).extend({
      missionId: Id,
      taskId: Id.describe('The task whose agent proposes it.'),
      attemptId: Id,
      agentName: Line(160),
    }),
    output: z.object({ added: z.boolean(), entry: ThreadEntry }),
    errors: { ...missionErrors, ...taskErrors, ...stateErrors, ...graphErrors },
  }),
  /** Adds the task that an agent proposed. Adopted before, it answers with the same task. */
  adoptTask: defineRequest('req.missions.adopt-task.v1', {
    input: z.object({
      id: Id.describe('The mission.'),
      seq: z.coerce.number().int().min(1).describe('Of the proposal in its thread.'),
    }),
    output: Task,
    errors: {
      ...missionErrors,
      ...stateErrors,
      ...graphErrors,
      proposal_not_found: {
        status: 404,
        title: 'This entry of the thread proposes no task.',
        hint: 'List the thread with its proposals to find the right number.',
      },
    },
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
  /** What depends on it waits until it is tried again, or depends on it no longer. */
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
      items: z.array(ReadyTask),
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
      fence: z.number().int(),
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
};
