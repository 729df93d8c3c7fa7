import { defineCatalog } from './contract.js';
import { jasonEvents, jasonLive, jasonRequests, jasonRoutes } from './jason.js';
import { operationsRequests, operationsRoutes } from './operations.js';
import { defineRoutes } from './route.js';

export const orchestratorRequests = { ...jasonRequests, ...operationsRequests('orchestrator') };

export const orchestratorCatalog = defineCatalog({
  owner: 'orchestrator',
  requests: orchestratorRequests,
  events: jasonEvents,
  live: jasonLive,
});

export const orchestratorRoutes = defineRoutes({
  ...jasonRoutes,
  ...operationsRoutes('orchestrator', orchestratorRequests),
});
