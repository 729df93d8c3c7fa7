import { z } from 'zod';
import { defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Nothing } from './schemas.js';

const Bytes = z.number().int().min(0);

/** What missions occupy on disk, as it was at `measuredAt`; measured again at most every ten seconds. */
export const Workspaces = z
  .object({
    worktrees: z
      .array(z.object({ attemptId: Id, missionId: Id, bytes: Bytes }))
      .max(1_000)
      .describe('Of attempts under way that the caller may see, the largest first.'),
    worktreeBytes: Bytes.describe('Of all.'),
    repositories: z.number().int().describe('Cloned from an address.'),
    repositoryBytes: Bytes,
    rescueRefs: z.number().int().describe('Attempts whose work is kept although it was not accepted.'),
    freeBytes: Bytes.describe('Of the volume they are on.'),
    totalBytes: Bytes,
    minimumFreeBytes: Bytes.describe('With less than this no task starts.'),
    measuredAt: Instant,
  })
  .meta({ id: 'Workspaces' });
export type Workspaces = z.infer<typeof Workspaces>;

export const workspacesRequests = {
  getWorkspaces: defineRequest('req.orchestrator.get-workspaces.v1', {
    input: Nothing,
    output: Workspaces,
    timeoutMs: 60_000,
  }),
};

export const workspacesRoutes = defineRoutes({
  'GET /api/v1/workspaces': {
    contract: workspacesRequests.getWorkspaces,
    access: 'missions:read',
    summary: 'What missions occupy on disk, and how much is free',
  },
});
