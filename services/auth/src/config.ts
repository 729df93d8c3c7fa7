import { readFileSync } from 'node:fs';
import { DatabaseConfig } from '@aether/runtime/config';
import { z } from 'zod';
import { IdentityProviderConfig, identityProvidersOf } from './identity-providers/provider-config.js';

const REMEDY = 'Make one with `openssl rand -base64 32`, keep it safe, and give every instance the same.';

const MasterKey = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9+/]{43}=$/, `must be 32 bytes in base64. ${REMEDY}`)
  .transform((text) => Buffer.from(text, 'base64'));

const MasterKeyFile = z
  .string()
  .transform((path, context) => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      context.addIssue(`"${path}" cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return z.NEVER;
    }
  })
  .pipe(MasterKey);

export const AuthConfig = DatabaseConfig.extend({
  ...IdentityProviderConfig,
  MASTER_KEY: MasterKey.optional().describe('32 bytes in base64; opens the vault'),
  MASTER_KEY_FILE: MasterKeyFile.optional().describe('a file with the same, instead'),
  MASTER_KEY_PREVIOUS: MasterKey.optional().describe('the one before, until the vault is re-wrapped'),
  MASTER_KEY_PREVIOUS_FILE: MasterKeyFile.optional().describe('a file with the same, instead'),
  SIGNING_KEY_DAYS: z.coerce.number().int().min(1).max(365).default(30),
  REQUIRE_SECOND_FACTOR: z
    .stringbool()
    .default(false)
    .describe('who signs in by password can do nothing before setting up a second factor'),
  // 19 MiB and one core each while they run.
  PASSWORD_HASHES_MAX: z.coerce.number().int().min(1).max(16).default(2),
}).transform(
  ({ MASTER_KEY, MASTER_KEY_FILE, MASTER_KEY_PREVIOUS, MASTER_KEY_PREVIOUS_FILE, ...config }, context) => {
    const previousMasterKey = MASTER_KEY_PREVIOUS ?? MASTER_KEY_PREVIOUS_FILE;
    const masterKey = MASTER_KEY ?? MASTER_KEY_FILE;
    const identityProviders = identityProvidersOf(config, context);
    if (masterKey && !(MASTER_KEY && MASTER_KEY_FILE))
      return { ...config, identityProviders, masterKey, previousMasterKey };
    context.addIssue({
      code: 'custom',
      path: ['MASTER_KEY'],
      message: masterKey
        ? 'is given twice: set MASTER_KEY or MASTER_KEY_FILE, not both.'
        : `is missing: set MASTER_KEY or MASTER_KEY_FILE. ${REMEDY}`,
    });
    return z.NEVER;
  },
);
export type AuthConfig = z.infer<typeof AuthConfig>;
