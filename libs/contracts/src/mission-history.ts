import { z } from 'zod';
import { defineRequest } from './contract.js';
import { missionErrors } from './mission-errors.js';
import { MissionState, Task } from './mission-schemas.js';
import { defineRoutes } from './route.js';
import { Id, Instant, PageQuery, pageOf } from './schemas.js';

/** A task as it was from one moment on. */
export const TaskMoment = Task.pick({
  id: true,
  key: true,
  title: true,
  state: true,
  requires: true,
  estimateMinutes: true,
  dependsOn: true,
  agentName: true,
  attempts: true,
})
  .extend({ instructionsSha256: z.string().describe('Tells whether the instructions were changed.') })
  .meta({ id: 'TaskMoment' });
export type TaskMoment = z.infer<typeof TaskMoment>;

/** What became of a mission or of one of its tasks. Applied in order they give the mission as it was at any moment. */
export const HistoryEntry = z
  .object({
    seq: z.number().int().describe('Grows with time; not without holes.'),
    at: Instant,
    change: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('mission'), state: MissionState }),
      z.object({ kind: z.literal('task'), task: TaskMoment }),
      z.object({ kind: z.literal('removed'), taskId: Id }),
    ]),
  })
  .meta({ id: 'HistoryEntry' });
export type HistoryEntry = z.infer<typeof HistoryEntry>;

export const historyRequests = {
  /** Oldest first: the cursor leads to newer ones. */
  listHistory: defineRequest('req.missions.list-history.v1', {
    input: PageQuery.extend({ id: Id.describe('The mission.') }),
    output: pageOf(HistoryEntry),
    errors: missionErrors,
  }),
};

export const historyRoutes = defineRoutes({
  'GET /api/v1/missions/{id}/history': {
    contract: historyRequests.listHistory,
    access: 'missions:read',
    summary: 'What became of a mission and its tasks, oldest first',
  },
});
