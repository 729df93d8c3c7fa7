import { defineCatalog } from './contract.js';
import { executionEvents, executionRequests, executionRoutes } from './execution.js';
import { jasonEvents, jasonLive, jasonRequests, jasonRoutes } from './jason.js';
import { operationsRequests, operationsRoutes } from './operations.js';
import { remotesRequests, remotesRoutes } from './remotes.js';
import { repositoriesRequests, repositoriesRoutes } from './repositories.js';
import { defineRoutes } from './route.js';
import { workspacesRequests, workspacesRoutes } from './workspaces.js';

export const orchestratorRequests = {
  ...jasonRequests,
  ...executionRequests,
  ...remotesRequests,
  ...workspacesRequests,
  ...repositoriesRequests,
  ...operationsRequests('orchestrator'),
};

export const orchestratorCatalog = defineCatalog({
  owner: 'orchestrator',
  requests: orchestratorRequests,
  events: { ...jasonEvents, ...executionEvents },
  live: jasonLive,
});

export const orchestratorRoutes = defineRoutes({
  ...jasonRoutes,
  ...executionRoutes,
  ...remotesRoutes,
  ...workspacesRoutes,
  ...repositoriesRoutes,
  ...operationsRoutes('orchestrator', orchestratorRequests),
});
