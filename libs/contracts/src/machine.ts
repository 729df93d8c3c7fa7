import { z } from 'zod';
import { defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { Nothing } from './schemas.js';

/** What the machine that agents are deployed on has: part of what `deployer` owns. */

/** One thing that agents need or can use, and how to get it where it is missing. */
export const MachineFinding = z
  .object({
    part: z.enum(['process', 'docker', 'swarm', 'memory', 'disk', 'git']),
    ok: z.boolean(),
    needed: z.boolean().describe('False: agents can be deployed without it.'),
    detail: z.string().describe('What was found, or why it cannot be used.'),
    remedy: z.string().nullable().describe('What to do about it; null where it is well.'),
  })
  .meta({ id: 'MachineFinding' });
export type MachineFinding = z.infer<typeof MachineFinding>;

/** What the whole machine used at one moment; rates are of the time since the sample before. */
export const MachineSample = z
  .object({
    at: z.iso.datetime(),
    cpuPercent: z.number().describe('Of all processors together: 0 to 100.'),
    memoryUsedBytes: z
      .number()
      .describe('Without caches of files, which are given up when memory is needed.'),
    diskUsedBytes: z.number().describe('Of the volume with the data of agents.'),
    receivedBytesPerS: z.number(),
    sentBytesPerS: z.number(),
  })
  .meta({ id: 'MachineSample' });
export type MachineSample = z.infer<typeof MachineSample>;

/** What a machine has, and how much of it was used lately, the latest sample last. */
const MachineFigures = z
  .object({
    host: z.string(),
    processors: z.int(),
    memoryBytes: z.number(),
    diskBytes: z.number(),
    samples: z.array(MachineSample),
  })
  .meta({ id: 'MachineFigures' });

export const machineRequests = {
  /** Looks anew each time; a part that does not answer within seconds is told as such. */
  examineMachine: defineRequest('req.deployer.examine-machine.v1', {
    input: Nothing,
    output: z.object({ items: z.array(MachineFinding) }),
    timeoutMs: 15_000,
  }),

  /** Samples of the last five minutes, taken whether anybody looks or not. */
  getMachineFigures: defineRequest('req.deployer.get-machine-figures.v1', {
    input: Nothing,
    output: MachineFigures,
  }),
};

export const machineRoutes = defineRoutes({
  'GET /api/v1/machine': {
    contract: machineRequests.examineMachine,
    access: 'deployments:read',
    summary: 'What this machine has for agents, what is missing, and how to get it',
  },
  'GET /api/v1/machine/figures': {
    contract: machineRequests.getMachineFigures,
    access: 'deployments:read',
    summary: 'Processors, memory, disk and network of this machine over the last five minutes',
  },
});
