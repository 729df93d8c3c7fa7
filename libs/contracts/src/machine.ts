import { z } from 'zod';
import { defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { Nothing } from './schemas.js';

/** What the machine that agents are deployed on has: part of what `deployer` owns. */

/** One thing that agents need or can use, and how to get it where it is missing. */
export const MachineFinding = z
  .object({
    part: z.enum(['process', 'docker', 'memory', 'disk', 'git']),
    ok: z.boolean(),
    needed: z.boolean().describe('False: agents can be deployed without it.'),
    detail: z.string().describe('What was found, or why it cannot be used.'),
    remedy: z.string().nullable().describe('What to do about it; null where it is well.'),
  })
  .meta({ id: 'MachineFinding' });
export type MachineFinding = z.infer<typeof MachineFinding>;

export const machineRequests = {
  /** Looks anew each time; a part that does not answer within seconds is told as such. */
  examineMachine: defineRequest('req.deployer.examine-machine.v1', {
    input: Nothing,
    output: z.object({ items: z.array(MachineFinding) }),
    timeoutMs: 15_000,
  }),
};

export const machineRoutes = defineRoutes({
  'GET /api/v1/machine': {
    contract: machineRequests.examineMachine,
    access: 'deployments:read',
    summary: 'What this machine has for agents, what is missing, and how to get it',
  },
});
