import { z } from 'zod';
import { defineEvent, defineRequest } from './contract.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Line, Nothing, PageQuery, pageOf } from './schemas.js';

/** Secrets by reference, and the keys that protect them and sign tokens: part of what `auth` owns. */

const SecretUse = z.object({
  service: z.string().describe('The part of Aether that stored or asked for it.'),
  purpose: z.string(),
  lastUsedAt: Instant.describe('To within five minutes.'),
});

export const Secret = z
  .object({ id: Id, name: z.string(), createdAt: Instant, updatedAt: Instant, usedBy: z.array(SecretUse) })
  .meta({ id: 'Secret', description: 'A secret by reference; its value is never returned.' });
export type Secret = z.infer<typeof Secret>;

const SecretValue = z.string().min(1).max(16_384);
/** What a service needs a secret for, in a few words; shown where secrets are listed. */
const Purpose = Line(120).default('use');

const secretErrors = {
  secret_not_found: {
    status: 404,
    title: 'There is no such secret.',
    hint: 'List the secrets to find the right id.',
  },
} as const;

const VaultState = z
  .object({
    masterKeyId: z.string().describe('Tells master keys apart; says nothing about the key.'),
    previousMasterKeyId: z.string().nullable().describe('Of MASTER_KEY_PREVIOUS, where it is set.'),
    left: z.number().int().describe('Things still sealed with another master key than the present one.'),
  })
  .meta({ id: 'VaultState' });

export const vaultRequests = {
  storeSecret: defineRequest('req.auth.store-secret.v1', {
    input: z.object({ name: Line(120), value: SecretValue, purpose: Purpose }),
    output: Secret,
  }),
  listSecrets: defineRequest('req.auth.list-secrets.v1', { input: PageQuery, output: pageOf(Secret) }),
  /** Rotation: the id stays, and `secretReplaced` tells those who use it. */
  replaceSecret: defineRequest('req.auth.replace-secret.v1', {
    input: z.object({ id: Id, value: SecretValue }),
    output: Secret,
    errors: secretErrors,
  }),
  deleteSecret: defineRequest('req.auth.delete-secret.v1', {
    input: z.object({ id: Id }),
    output: Nothing,
    errors: secretErrors,
  }),
  /** For services that use a secret (NATS permissions say which); no route leads here. */
  revealSecret: defineRequest('req.auth.reveal-secret.v1', {
    input: z.object({ id: Id, purpose: Purpose }),
    output: z.object({ value: z.string() }),
    errors: secretErrors,
  }),
  getVaultState: defineRequest('req.auth.get-vault-state.v1', { input: Nothing, output: VaultState }),
  /**
   * Wraps the data keys of everything that an earlier master key protects with the present one. May be stopped
   * and called again; once `left` is 0 the earlier key can be taken out of the settings.
   */
  rewrapVault: defineRequest('req.auth.rewrap-vault.v1', {
    input: Nothing,
    output: VaultState.extend({ rewrapped: z.number().int() }),
    timeoutMs: 25_000,
  }),
  rotateSigningKeys: defineRequest('req.auth.rotate-signing-keys.v1', {
    input: z.object({
      withdraw: z
        .boolean()
        .default(false)
        .describe('The old keys are no longer believed, so every access token has to be renewed.'),
    }),
    output: z.object({ kid: z.string(), published: z.number().int() }),
  }),
};

export const vaultEvents = {
  secretStored: defineEvent('evt.auth.secret-stored.v1', z.object({ secretId: Id, name: z.string() })),
  /** `usedBy` names the services that stored or revealed it: each drops what it remembers of the old value. */
  secretReplaced: defineEvent(
    'evt.auth.secret-replaced.v1',
    z.object({ secretId: Id, name: z.string(), usedBy: z.array(z.string()) }),
  ),
  secretDeleted: defineEvent('evt.auth.secret-deleted.v1', z.object({ secretId: Id })),
  signingKeysRotated: defineEvent(
    'evt.auth.signing-keys-rotated.v1',
    z.object({ kid: z.string(), withdrawn: z.boolean() }),
  ),
};

export const vaultRoutes = defineRoutes({
  'GET /api/v1/secrets': {
    contract: vaultRequests.listSecrets,
    access: 'secrets:read',
    summary: 'List secrets and who uses them, without values',
  },
  'POST /api/v1/secrets': {
    contract: vaultRequests.storeSecret,
    access: 'secrets:write',
    summary: 'Store a secret',
    status: 201,
  },
  'PUT /api/v1/secrets/{id}': {
    contract: vaultRequests.replaceSecret,
    access: 'secrets:write',
    summary: 'Replace the value of a secret',
  },
  'DELETE /api/v1/secrets/{id}': {
    contract: vaultRequests.deleteSecret,
    access: 'secrets:write',
    summary: 'Delete a secret',
  },
  'GET /api/v1/system/vault': {
    contract: vaultRequests.getVaultState,
    access: 'system:read',
    summary: 'Which master key protects the vault',
  },
  'POST /api/v1/system/vault/rewrap': {
    contract: vaultRequests.rewrapVault,
    access: 'system:write',
    summary: 'Bring everything in the vault under the present master key',
  },
  'POST /api/v1/system/signing-keys/rotate': {
    contract: vaultRequests.rotateSigningKeys,
    access: 'system:write',
    summary: 'Sign access tokens with a new key from now on',
  },
});
