import { z } from 'zod';
import { Id, Instant, Slug } from './schemas.js';

/** Where an agent's gateway runs. Docker, Kubernetes and swarm will implement the same port. */
export const Runtime = z.enum(['process']);
export type Runtime = z.infer<typeof Runtime>;

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
export const Operation = z.enum(['deploy', 'start', 'stop', 'restart', 'repair', 'delete']);
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
    failure: StepFailure.nullable().describe('Why it is failed or degraded.'),
    capabilities: z.array(Slug),
    url: z.string().nullable().describe("Address of the agent's gateway, where it runs."),
    version: z.number().int().describe('Grows with each change; of two copies the higher is the newer.'),
    createdBy: z.string(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Deployment' });
export type Deployment = z.infer<typeof Deployment>;
