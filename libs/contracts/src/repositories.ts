import { z } from 'zod';
import { defineRequest } from './contract.js';
import { Repository } from './mission-schemas.js';
import { defineRoutes } from './route.js';
import { Line, Nothing } from './schemas.js';

const unusable = (title: string) => ({ status: 422, title, hint: 'Choose another repository or branch.' });

export const repositoriesRequests = {
  /** Repositories of this machine that are found below the directories which missions may name. */
  listRepositories: defineRequest('req.orchestrator.list-repositories.v1', {
    input: Nothing,
    output: z.object({
      roots: z.array(z.string()).describe('Empty: any directory may be named, and none is searched.'),
      items: z.array(z.string()).max(200).describe('Paths, by name.'),
    }),
    timeoutMs: 15_000,
  }),
  /** Whether a mission could work with a repository, as it would find it: asked before the mission is made. */
  inspectRepository: defineRequest('req.orchestrator.inspect-repository.v1', {
    input: z.object({ repository: Repository, baseBranch: Line(200).nullable().default(null) }),
    output: z.object({
      branches: z
        .array(z.string())
        .max(200)
        .describe("The newest first where that is known; without Aether's own."),
      defaultBranch: z.string().nullable().describe('What a mission begins from that names no branch.'),
    }),
    errors: {
      repository_missing: unusable('There is no git repository.'),
      repository_not_allowed: unusable('Missions may not use this directory.'),
      repository_address: unusable('Aether does not connect to this address.'),
      repository_unreachable: unusable('The repository cannot be read from there.'),
      branch_missing: unusable('The repository has no such branch with a commit.'),
      branch_unknown: unusable('The repository has no branch checked out.'),
      token_gone: unusable('The token for this address is gone.'),
    },
    timeoutMs: 30_000,
  }),
};

export const repositoriesRoutes = defineRoutes({
  'GET /api/v1/repositories': {
    contract: repositoriesRequests.listRepositories,
    access: 'missions:write',
    summary: 'Repositories of this machine that missions may use',
  },
  'POST /api/v1/repositories/inspect': {
    contract: repositoriesRequests.inspectRepository,
    access: 'missions:write',
    summary: 'See whether missions can use a repository, and its branches',
  },
});
