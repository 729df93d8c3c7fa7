import { z } from 'zod';
import { defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Line, PageQuery, pageOf } from './schemas.js';

/** A key for the models endpoint: the one that an agent runs with, or one more that a person asked for. */
export const VirtualKey = z
  .object({
    id: Id,
    deploymentId: Id.describe('Whose calls they are, by budgets and ledger.'),
    name: z.string().nullable().default(null).describe('Null for the key that its agent runs with.'),
    createdAt: Instant,
    endsAt: Instant.nullable().describe(
      'Null while it is in force; a moment ahead where it was just replaced.',
    ),
  })
  .meta({ id: 'VirtualKey' });
export type VirtualKey = z.infer<typeof VirtualKey>;

export const virtualKeysRequests = {
  /** Keys in force, or all there ever were, newest first. */
  listVirtualKeys: defineRequest('req.models.list-virtual-keys.v1', {
    input: PageQuery.extend({
      deploymentId: Id.optional(),
      ended: z.stringbool().or(z.boolean()).default(false).describe('Those that have ended as well.'),
    }),
    output: pageOf(VirtualKey),
  }),
  /**
   * One more key whose calls count for a deployment or for a remote gateway, shown this once. It works beside the
   * agent's own until it is revoked or the deployment is deleted.
   */
  createVirtualKey: defineRequest('req.models.create-virtual-key.v1', {
    input: z.object({ deploymentId: Id, name: Line(80) }),
    output: z.object({
      virtualKey: VirtualKey,
      key: z.string().describe('Shown only now.'),
      baseUrl: z.string().describe('Of the endpoint, ending in /v1.'),
    }),
    errors: {
      virtual_key_owner_not_found: {
        status: 404,
        title: 'No deployment and no remote gateway has this id.',
        hint: 'List the deployments or the connections to find the right id; one that is new has a key once its agents are known.',
      },
      virtual_key_already_shown: {
        status: 409,
        title: 'This request already made a key, and a key is shown only once.',
        hint: 'Revoke it and create another with a new Idempotency-Key.',
      },
    },
  }),
  /** Ends a key at once. An agent whose own key it was can use no model until it is restarted, which gives it another. */
  revokeVirtualKey: defineRequest('req.models.revoke-virtual-key.v1', {
    input: z.object({ id: Id }),
    output: VirtualKey,
    errors: {
      virtual_key_not_found: {
        status: 404,
        title: 'There is no such key.',
        hint: 'List the virtual keys to find the right id.',
      },
    },
  }),
};

export const virtualKeysRoutes = defineRoutes({
  'GET /api/v1/virtual-keys': {
    contract: virtualKeysRequests.listVirtualKeys,
    access: 'models:read',
    summary: 'Keys by which deployments use models',
  },
  'POST /api/v1/virtual-keys': {
    contract: virtualKeysRequests.createVirtualKey,
    access: 'models:write',
    summary: 'Make one more key for models, whose calls count for a deployment',
    status: 201,
  },
  'DELETE /api/v1/virtual-keys/{id}': {
    contract: virtualKeysRequests.revokeVirtualKey,
    access: 'models:write',
    summary: 'Revoke the key of a deployment',
  },
});
