import { z } from 'zod';
import { defineCatalog, defineEvent, defineLive, defineRequest } from './contract.js';
import { Deployment, Runtime, RuntimeSettings } from './deployment.js';
import { machineRequests, machineRoutes } from './machine.js';
import { operationsRequests, operationsRoutes } from './operations.js';
import { AccessChange, BackfillQuery, backfillOf, liveEntry } from './live.js';
import {
  modelErrors,
  nameErrors,
  presetEvents,
  presetRequests,
  presetRoutes,
  settingsErrors,
} from './presets.js';
import { templateErrors } from './templates.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Nothing, PageQuery, Slug, Visibility, pageOf } from './schemas.js';

export {
  Deployment,
  DeploymentState,
  Operation,
  Runtime,
  RuntimeSettings,
  Step,
  StepFailure,
  StepName,
} from './deployment.js';

export { Preset } from './presets.js';
export { PresetFile, Template, TemplateFile } from './templates.js';

export const LogLine = z
  .object({
    seq: z.number().int(),
    source: z.enum(['step', 'process']),
    level: z.enum(['step', 'info', 'warn', 'error']),
    text: z.string(),
    at: Instant,
  })
  .meta({ id: 'LogLine' });
export type LogLine = z.infer<typeof LogLine>;

const deploymentErrors = {
  deployment_not_found: {
    status: 404,
    title: 'There is no such deployment.',
    hint: 'List the deployments to find the right id or name.',
  },
} as const;

const operationErrors = {
  ...deploymentErrors,
  deployment_busy: {
    status: 409,
    title: 'The deployment is in the middle of another operation.',
    hint: 'Wait until it ends (see `waitsFor` and `deadlineAt`), then try again.',
  },
  operation_not_allowed: {
    status: 409,
    title: 'The deployment is not in a state that allows this.',
    hint: 'See `state`; a failed one can be retried or repaired, a stopped one started.',
  },
} as const;

/** What an agent uses now; null where the runtime cannot tell. */
export const DeploymentMetrics = z
  .object({
    at: Instant,
    cpuPercent: z.number().nullable().describe('Of one processor.'),
    memoryBytes: z.number().int().nullable(),
    memoryLimitBytes: z.number().int().nullable(),
    receivedBytes: z.number().int().nullable().describe('Over the network since it was started.'),
    sentBytes: z.number().int().nullable(),
    diskBytes: z.number().int().nullable().describe('Its state and workspace.'),
    processes: z.number().int().nullable(),
  })
  .meta({ id: 'DeploymentMetrics' });
export type DeploymentMetrics = z.infer<typeof DeploymentMetrics>;

/** An id, or the name of a deployment that is not deleted. */
const DeploymentRef = z.object({ id: z.union([Id, Slug]) });

const operation = (verb: string) =>
  defineRequest(`req.deployer.${verb}-deployment.v1`, {
    input: DeploymentRef,
    output: Deployment,
    errors: operationErrors,
  });

/** A boolean that may come from a query string. */
const Flag = z.union([z.boolean(), z.stringbool()]);

export const deployerRequests = {
  listDeployments: defineRequest('req.deployer.list-deployments.v1', {
    input: PageQuery,
    output: pageOf(Deployment),
  }),
  getDeployment: defineRequest('req.deployer.get-deployment.v1', {
    input: DeploymentRef,
    output: Deployment,
    errors: deploymentErrors,
  }),
  createDeployment: defineRequest('req.deployer.create-deployment.v1', {
    input: z.object({
      name: Slug,
      template: Slug,
      runtime: Runtime.default('process'),
      model: z.string().min(1).max(200).optional().describe("Instead of the endpoint's default model."),
      settings: RuntimeSettings.optional(),
      visibility: Visibility.default('open'),
    }),
    output: Deployment,
    errors: {
      ...nameErrors,
      ...templateErrors,
      ...modelErrors,
      ...settingsErrors,
    },
  }),
  /** Says who sees it; not while an operation runs, whose steps tell others of it. */
  updateDeployment: defineRequest('req.deployer.update-deployment.v1', {
    input: DeploymentRef.extend({ visibility: Visibility }),
    output: Deployment,
    errors: operationErrors,
  }),
  startDeployment: operation('start'),
  stopDeployment: operation('stop'),
  restartDeployment: operation('restart'),
  repairDeployment: operation('repair'),
  /** Goes on with what failed, from the step that did; done steps stay done. */
  retryDeployment: operation('retry'),
  deleteDeployment: operation('delete'),
  /** Changes it with a way back: what does not become ready is undone, state included. */
  redeployDeployment: defineRequest('req.deployer.redeploy-deployment.v1', {
    input: DeploymentRef.extend({
      model: z.string().min(1).max(200).optional(),
      settings: RuntimeSettings.optional().describe('Only what changes.'),
    }),
    output: Deployment,
    errors: { ...operationErrors, ...modelErrors, ...settingsErrors },
  }),
  getDeploymentMetrics: defineRequest('req.deployer.get-deployment-metrics.v1', {
    input: DeploymentRef,
    output: DeploymentMetrics,
    errors: {
      ...deploymentErrors,
      deployment_not_running: {
        status: 409,
        title: 'The deployment does not run.',
        hint: 'Start the deployment first.',
      },
    },
  }),
  /** Only for services: lets a device in that waits for approval at the gateway of a deployment. */
  approveDevice: defineRequest('req.deployer.approve-device.v1', {
    input: z.object({
      deploymentId: Id,
      requestId: z
        .string()
        .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/u)
        .describe("The request that the gateway's refusal named."),
    }),
    output: Nothing,
    errors: {
      ...deploymentErrors,
      device_not_approved: {
        status: 409,
        title: 'The gateway did not approve the device.',
        hint: 'Connect again: a refusal names the request that waits now.',
      },
    },
  }),
  readLogs: defineRequest('req.deployer.read-logs.v1', {
    input: z.object({
      id: z.union([Id, Slug]),
      after: z.coerce
        .number()
        .int()
        .min(0)
        .optional()
        .describe('Only lines with a higher `seq`, the oldest of them. Without it, the newest.'),
      before: z.coerce.number().int().min(1).optional().describe('Only lines with a lower `seq`.'),
      limit: z.coerce.number().int().min(1).max(2_000).default(500),
      source: z.enum(['step', 'process']).optional(),
      raw: Flag.default(false).describe(
        'With the lines that the noise filter hides, as the process wrote them.',
      ),
    }),
    output: z.object({
      lines: z.array(LogLine).describe('By `seq`.'),
      lastSeq: z.number().int().describe('Of the whole log.'),
      more: z.boolean().describe('There are others: higher ones with `after`, lower ones without it.'),
    }),
    errors: deploymentErrors,
  }),
  /** Backfill of the log topic. */
  followLogs: defineRequest('req.deployer.follow-logs.v1', {
    input: BackfillQuery,
    output: backfillOf(LogLine),
    errors: deploymentErrors,
  }),
  ...presetRequests,
  ...machineRequests,
  ...operationsRequests('deployer'),
};

export const deployerEvents = {
  deploymentCreated: defineEvent('evt.deployer.deployment-created.v1', z.object({ deployment: Deployment })),
  deploymentChanged: defineEvent('evt.deployer.deployment-changed.v1', z.object({ deployment: Deployment })),
  deploymentDeleted: defineEvent(
    'evt.deployer.deployment-deleted.v1',
    z.object({ deploymentId: Id, name: Slug }),
  ),
  deploymentAccessChanged: defineEvent(
    'evt.deployer.deployment-access-changed.v1',
    Deployment.pick({ createdBy: true, visibility: true }).extend({ deploymentId: Id }),
  ),
  ...presetEvents,
};

export const deployerLive = {
  log: defineLive('live.deployer.log', liveEntry(z.union([LogLine, AccessChange]))),
};

export const deployerCatalog = defineCatalog({
  owner: 'deployer',
  requests: deployerRequests,
  events: deployerEvents,
  live: deployerLive,
});

export const deployerRoutes = defineRoutes({
  'GET /api/v1/deployments': {
    contract: deployerRequests.listDeployments,
    access: 'deployments:read',
    summary: 'List deployments',
  },
  'POST /api/v1/deployments': {
    contract: deployerRequests.createDeployment,
    access: 'deployments:write',
    summary: 'Deploy an agent',
    status: 202,
    rateClass: 'expensive',
  },
  'GET /api/v1/deployments/{id}': {
    contract: deployerRequests.getDeployment,
    access: 'deployments:read',
    summary: 'One deployment with the steps of its last operation',
  },
  'PATCH /api/v1/deployments/{id}': {
    contract: deployerRequests.updateDeployment,
    access: 'deployments:write',
    summary: 'Say who sees a deployment',
  },
  'POST /api/v1/deployments/{id}/start': {
    contract: deployerRequests.startDeployment,
    access: 'deployments:write',
    summary: 'Start a stopped deployment',
    status: 202,
  },
  'POST /api/v1/deployments/{id}/stop': {
    contract: deployerRequests.stopDeployment,
    access: 'deployments:write',
    summary: 'Stop a deployment after its running turns',
    status: 202,
  },
  'POST /api/v1/deployments/{id}/restart': {
    contract: deployerRequests.restartDeployment,
    access: 'deployments:write',
    summary: 'Stop and start a deployment',
    status: 202,
  },
  'POST /api/v1/deployments/{id}/repair': {
    contract: deployerRequests.repairDeployment,
    access: 'deployments:write',
    summary: 'Run the steps of a failed deployment again',
    status: 202,
  },
  'POST /api/v1/deployments/{id}/retry': {
    contract: deployerRequests.retryDeployment,
    access: 'deployments:write',
    summary: 'Go on with a failed operation from the step that failed',
    status: 202,
  },
  'POST /api/v1/deployments/{id}/redeploy': {
    contract: deployerRequests.redeployDeployment,
    access: 'deployments:write',
    summary: 'Change image, limits or model; what does not become ready is rolled back',
    status: 202,
    rateClass: 'expensive',
  },
  'GET /api/v1/deployments/{id}/metrics': {
    contract: deployerRequests.getDeploymentMetrics,
    access: 'deployments:read',
    summary: 'Processor, memory, network and disk of a deployment now',
  },
  'DELETE /api/v1/deployments/{id}': {
    contract: deployerRequests.deleteDeployment,
    access: 'deployments:write',
    summary: 'Delete a deployment with its state',
    status: 202,
  },
  'GET /api/v1/deployments/{id}/logs': {
    contract: deployerRequests.readLogs,
    access: 'deployments:read',
    summary: 'Step and process log lines by sequence',
  },
  ...presetRoutes,
  ...machineRoutes,
  ...operationsRoutes('deployer', deployerRequests),
});
