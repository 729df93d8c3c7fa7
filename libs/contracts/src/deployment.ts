import { z } from 'zod';
import { Id, Instant, Slug, Visibility } from './schemas.js';

/**
 * Where an agent's gateway runs: a process of this machine, a container of its Docker engine, or a service of the swarm
 * that this engine manages.
 */
export const Runtime = z.enum(['process', 'docker', 'swarm']);
export type Runtime = z.infer<typeof Runtime>;

/** How a container is made; what is left out follows the deployer's settings. */
export const RuntimeSettings = z
  .strictObject({
    image: z
      .string()
      .max(300)
      .regex(/^[a-z0-9][a-zA-Z0-9._:/@-]*$/u, 'must be the name of an image')
      .optional()
      .describe('Image whose command runs an OpenClaw gateway.'),
    memoryMb: z.number().int().min(256).max(1_048_576).optional().describe('Memory limit.'),
    cpus: z.number().min(0.1).max(512).optional().describe('Processors that it may use.'),
    isolated: z
      .boolean()
      .optional()
      .describe('In a network where containers cannot reach one another. Default false.'),
  })
  .meta({ id: 'RuntimeSettings' });
export type RuntimeSettings = z.infer<typeof RuntimeSettings>;

export const StepName = z.enum([
  'preflight',
  'prepare',
  'create',
  'start',
  'probe',
  'connect',
  'enrol',
  'disconnect',
  'stop',
  'snapshot',
  'restore',
  'remove',
]);
export type StepName = z.infer<typeof StepName>;

export const StepFailure = z
  .object({
    step: StepName,
    code: z.string().describe('Stable code of the cause.'),
    cause: z.string().describe('What happened, in a sentence.'),
    remedy: z.string().describe('The next thing to try.'),
  })
  .meta({ id: 'StepFailure' });
export type StepFailure = z.infer<typeof StepFailure>;

export const Step = z
  .object({
    name: StepName,
    state: z.enum(['pending', 'running', 'done', 'failed']),
    attempt: z.number().int(),
    detail: z.string().nullable().describe('What the step found, or what it waits for.'),
    startedAt: Instant.nullable(),
    finishedAt: Instant.nullable(),
    deadlineAt: Instant.nullable(),
  })
  .meta({ id: 'Step' });
export type Step = z.infer<typeof Step>;

/** The work a deployment is in; each is a list of steps, and ends in a state that stays. */
export const Operation = z.enum([
  'deploy',
  'start',
  'stop',
  'restart',
  'repair',
  'redeploy',
  'rollback',
  'delete',
]);
export type Operation = z.infer<typeof Operation>;

export const DeploymentState = z.enum([
  'deploying',
  'starting',
  'ready',
  'degraded',
  'stopping',
  'stopped',
  'failed',
  'deleting',
  'deleted',
]);
export type DeploymentState = z.infer<typeof DeploymentState>;

export const Deployment = z
  .object({
    id: Id,
    name: Slug,
    template: Slug,
    runtime: Runtime,
    model: z.string().describe('Model that the agent asks for, by its id at the model endpoint.'),
    state: DeploymentState,
    operation: Operation.describe('The last or present operation.'),
    steps: z.array(Step).describe('Steps of that operation, in order.'),
    waitsFor: z.string().nullable().describe('What a state that will change by itself waits for.'),
    deadlineAt: Instant.nullable().describe('When that wait ends at the latest.'),
    failure: StepFailure.nullable().describe(
      'Why it is failed or degraded; with code `rolled_back`, why the last change was taken back.',
    ),
    settings: RuntimeSettings.optional(),
    image: z.string().nullable().optional().describe('Digest of the image that its container runs.'),
    capabilities: z.array(Slug),
    url: z.string().nullable().describe("Address of the agent's gateway, where it runs."),
    version: z.number().int().describe('Grows with each change; of two copies the higher is the newer.'),
    createdBy: z.string().describe('The person, or the service, that it was made by.'),
    visibility: Visibility.describe(
      'A private one is seen by its person and administrators; its agents are given no tasks.',
    ),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Deployment' });
export type Deployment = z.infer<typeof Deployment>;
