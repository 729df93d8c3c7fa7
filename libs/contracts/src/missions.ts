import { z } from 'zod';
import { defineCatalog, defineEvent, defineLive } from './contract.js';
import { liveEntry } from './live.js';
import { artifactEvents, artifactRequests } from './mission-artifacts.js';
import { historyRequests } from './mission-history.js';
import { organisationBudgetEvents, organisationBudgetRequests } from './organisation-budget.js';
import { missionRequests } from './mission-requests.js';
import { Mission, MissionState, Task, TaskState, ThreadEntry } from './mission-schemas.js';
import { operationsRequests } from './operations.js';
import { Id } from './schemas.js';
import { taskRequests } from './task-requests.js';

export const missionsRequests = {
  ...missionRequests,
  ...taskRequests,
  ...historyRequests,
  ...artifactRequests,
  ...organisationBudgetRequests,
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
  missionDeleted: defineEvent('evt.missions.mission-deleted.v1', z.object({ missionId: Id, ...change })),
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
  ...artifactEvents,
  ...organisationBudgetEvents,
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
