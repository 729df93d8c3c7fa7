import { z } from 'zod';
import { defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { Id, Instant, PageQuery, pageOf } from './schemas.js';

/** A deployment's own key for the models endpoint. Its text is known to the deployment alone. */
export const VirtualKey = z
  .object({
    id: Id,
    deploymentId: Id,
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
  /** Ends a key at once. Its deployment can use no model until it is repaired, which gives it another. */
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
  'DELETE /api/v1/virtual-keys/{id}': {
    contract: virtualKeysRequests.revokeVirtualKey,
    access: 'models:write',
    summary: 'Revoke the key of a deployment',
  },
});
