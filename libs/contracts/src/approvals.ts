import { z } from 'zod';
import { awayErrors } from './connections.js';
import { defineEvent, defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { Id, Instant, PageQuery, pageOf } from './schemas.js';

/**
 * A command that an agent with `guarded` permissions asks to run. It waits at its gateway, and with it the turn, until
 * a person decides or it expires, which the gateway takes for a denial.
 */
export const Approval = z
  .object({
    id: Id,
    chatId: Id,
    connectionId: Id,
    command: z.string(),
    directory: z.string().nullable(),
    state: z.enum(['pending', 'allowed', 'denied', 'expired']),
    decidedBy: z.string().nullable(),
    createdAt: Instant,
    expiresAt: Instant,
    decidedAt: Instant.nullable(),
  })
  .meta({ id: 'Approval' });
export type Approval = z.infer<typeof Approval>;

export const approvalRequests = {
  listApprovals: defineRequest('req.openclaw.list-approvals.v1', {
    input: PageQuery.extend({ chatId: Id.optional(), state: z.literal('pending').optional() }),
    output: pageOf(Approval),
  }),
  /** Decides once; told to the gateway before it counts. */
  decideApproval: defineRequest('req.openclaw.decide-approval.v1', {
    input: z.object({ id: Id, decision: z.enum(['allow', 'deny']) }),
    output: Approval,
    errors: {
      approval_not_found: {
        status: 404,
        title: 'There is no such approval.',
        hint: 'List the approvals that wait to find the right id.',
      },
      approval_closed: {
        status: 409,
        title: 'This was decided before, or has expired.',
        hint: 'Look at the approval; the agent may ask again.',
      },
      ...awayErrors,
    },
  }),
};

export const approvalEvents = {
  approvalRequested: defineEvent('evt.openclaw.approval-requested.v1', z.object({ approval: Approval })),
  approvalDecided: defineEvent('evt.openclaw.approval-decided.v1', z.object({ approval: Approval })),
};

export const approvalRoutes = defineRoutes({
  'GET /api/v1/approvals': {
    contract: approvalRequests.listApprovals,
    access: 'chats:read',
    summary: 'Commands that agents ask to run, newest first',
  },
  'POST /api/v1/approvals/{id}': {
    contract: approvalRequests.decideApproval,
    access: 'chats:write',
    summary: 'Allow an agent to run a command once, or deny it',
  },
});
