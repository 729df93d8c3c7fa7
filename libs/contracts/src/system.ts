import { authRequests } from './auth.js';
import { deployerRequests } from './deployer.js';
import { modelsRequests } from './models.js';
import { openclawRequests } from './openclaw.js';
import { defineRoutes } from './route.js';

/** Dead letters of each service, under one address. */
export const systemRoutes = defineRoutes({
  'GET /api/v1/system/auth/dead-letters': {
    contract: authRequests.listDeadLetters,
    access: 'admin',
    summary: 'Events that `auth` gave up on',
  },
  'POST /api/v1/system/auth/dead-letters/{id}/replay': {
    contract: authRequests.replayDeadLetter,
    access: 'admin',
    summary: 'Handle one of them again',
  },
  'GET /api/v1/system/deployer/dead-letters': {
    contract: deployerRequests.listDeadLetters,
    access: 'admin',
    summary: 'Events that `deployer` gave up on',
  },
  'POST /api/v1/system/deployer/dead-letters/{id}/replay': {
    contract: deployerRequests.replayDeadLetter,
    access: 'admin',
    summary: 'Handle one of them again',
  },
  'GET /api/v1/system/openclaw/dead-letters': {
    contract: openclawRequests.listDeadLetters,
    access: 'admin',
    summary: 'Events that `openclaw-bridge` gave up on',
  },
  'POST /api/v1/system/openclaw/dead-letters/{id}/replay': {
    contract: openclawRequests.replayDeadLetter,
    access: 'admin',
    summary: 'Handle one of them again',
  },
  'GET /api/v1/system/models/dead-letters': {
    contract: modelsRequests.listDeadLetters,
    access: 'admin',
    summary: 'Events that `models` gave up on',
  },
  'POST /api/v1/system/models/dead-letters/{id}/replay': {
    contract: modelsRequests.replayDeadLetter,
    access: 'admin',
    summary: 'Handle one of them again',
  },
});
