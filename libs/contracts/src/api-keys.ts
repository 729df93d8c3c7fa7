import { z } from 'zod';
import { defineEvent, defineRequest } from './contract.js';
import { ApiKey, OpaqueToken } from './identity.js';
import { grantErrors } from './people.js';
import { Permission } from './permissions.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Line, PageQuery, Role, pageOf } from './schemas.js';

/** API keys: part of what `auth` owns. */

const shownErrors = {
  api_key_already_shown: {
    status: 409,
    title: 'This request already made a key, and a key is shown only once.',
    hint: 'Revoke it and create another with a new Idempotency-Key.',
  },
} as const;

const absentErrors = {
  api_key_not_found: {
    status: 404,
    title: 'There is no such API key.',
    hint: 'List the keys to find the right id.',
  },
} as const;

const MadeKey = z.object({
  apiKey: ApiKey,
  key: z.string().describe('The key itself, shown this once.'),
});

export const apiKeyRequests = {
  verifyApiKey: defineRequest('req.auth.verify-api-key.v1', {
    input: z.object({ key: OpaqueToken }),
    output: z.object({
      id: Id,
      name: z.string(),
      role: Role.describe('The lower of the roles of the key and of its owner.'),
      scopes: z.array(Permission).nullable(),
      ownerId: Id,
      expiresAt: Instant.nullable(),
    }),
    errors: {
      api_key_invalid: {
        status: 401,
        title: 'This API key is not valid.',
        hint: 'It may be revoked or expired; create a new one.',
      },
    },
  }),
  createApiKey: defineRequest('req.auth.create-api-key.v1', {
    input: z.object({
      name: Line(80),
      role: Role,
      scopes: z
        .array(Permission)
        .max(Permission.options.length)
        .optional()
        .describe(
          'What the key is limited to. Absent: everything that its role, or the key it is made with, may.',
        ),
      expiresAt: Instant.optional(),
    }),
    output: MadeKey,
    errors: { ...grantErrors, ...shownErrors },
  }),
  listApiKeys: defineRequest('req.auth.list-api-keys.v1', { input: PageQuery, output: pageOf(ApiKey) }),
  /** A new key of the same name, role, scopes and length of life; the old one goes on for the overlap. */
  rotateApiKey: defineRequest('req.auth.rotate-api-key.v1', {
    input: z.object({
      id: Id,
      overlapS: z
        .number()
        .int()
        .min(0)
        .max(7 * 86_400)
        .default(3_600)
        .describe('Seconds that the old key can still be used.'),
    }),
    output: MadeKey,
    errors: {
      ...absentErrors,
      ...shownErrors,
      api_key_ended: {
        status: 409,
        title: 'This key has ended or was rotated before.',
        hint: 'Rotate the key that took its place, or create a new one.',
      },
    },
  }),
  /** Ends the keys that were made with this one as well. */
  revokeApiKey: defineRequest('req.auth.revoke-api-key.v1', {
    input: z.object({ id: Id }),
    output: ApiKey,
    errors: absentErrors,
  }),
};

export const apiKeyEvents = {
  apiKeyCreated: defineEvent('evt.auth.api-key-created.v1', z.object({ apiKey: ApiKey })),
  apiKeyRotated: defineEvent(
    'evt.auth.api-key-rotated.v1',
    z.object({ apiKeyId: Id, replacedBy: Id, endsAt: Instant }),
  ),
  apiKeyRevoked: defineEvent('evt.auth.api-key-revoked.v1', z.object({ apiKeyId: Id })),
};

export const apiKeyRoutes = defineRoutes({
  'GET /api/v1/api-keys': {
    contract: apiKeyRequests.listApiKeys,
    access: 'api-keys:read',
    summary: 'List my API keys; administrators see those of everybody',
  },
  'POST /api/v1/api-keys': {
    contract: apiKeyRequests.createApiKey,
    access: 'api-keys:write',
    summary: 'Create an API key; the key is shown once',
    status: 201,
  },
  'POST /api/v1/api-keys/{id}/rotate': {
    contract: apiKeyRequests.rotateApiKey,
    access: 'api-keys:write',
    summary: 'Replace an API key; the old one works on for a while',
    status: 201,
  },
  'DELETE /api/v1/api-keys/{id}': {
    contract: apiKeyRequests.revokeApiKey,
    access: 'api-keys:write',
    summary: 'Revoke an API key',
  },
});
