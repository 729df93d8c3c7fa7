import { z } from 'zod';
import { apiKeyEvents, apiKeyRequests, apiKeyRoutes } from './api-keys.js';
import { defineCatalog, defineEvent, defineRequest } from './contract.js';
import { ClientInfo, Email, IssuedSession, OpaqueToken, Password, PersonName, User } from './identity.js';
import {
  accountErrors,
  identityProviderEvents,
  identityProviderRequests,
  identityProviderRoutes,
  setupTokenErrors,
} from './identity-providers.js';
import { operationsRequests, operationsRoutes } from './operations.js';
import { Id, Instant, Nothing, Role } from './schemas.js';
import { peopleEvents, peopleRequests, peopleRoutes } from './people.js';
import { Permission } from './permissions.js';
import { defineRoutes } from './route.js';
import {
  SecondFactorCode,
  secondFactorEvents,
  secondFactorRequests,
  secondFactorRoutes,
} from './second-factor.js';
import { vaultEvents, vaultRequests, vaultRoutes } from './vault.js';

const setupErrors = {
  already_set_up: {
    status: 409,
    title: 'This system is already set up.',
    hint: 'Sign in with the account made at set-up.',
  },
} as const;

const sessionErrors = {
  refresh_token_invalid: {
    status: 401,
    title: 'This session has ended.',
    hint: 'Sign in again.',
  },
  refresh_token_reused: {
    status: 401,
    title: 'This session was ended because an old token of it was used again.',
    hint: 'Sign in again. If you did not do this yourself, change your password.',
  },
} as const;

const delayErrors = {
  sign_in_delayed: {
    status: 429,
    title: 'Too many failed sign-ins for this account.',
    hint: 'Wait for the seconds given in Retry-After, then try again.',
  },
} as const;

export const authRequests = {
  getSetupState: defineRequest('req.auth.get-setup-state.v1', {
    input: Nothing,
    output: z.object({ setUp: z.boolean() }),
  }),
  /** Answered to the local operator only (NATS permissions), and only while there is no user. */
  createSetupToken: defineRequest('req.auth.create-setup-token.v1', {
    input: Nothing,
    output: z.object({ token: z.string(), expiresAt: Instant }),
    errors: setupErrors,
  }),
  completeSetup: defineRequest('req.auth.complete-setup.v1', {
    input: z.object({ token: OpaqueToken, email: Email, password: Password, name: PersonName.optional() }),
    output: User,
    errors: { ...setupErrors, ...setupTokenErrors },
  }),
  signIn: defineRequest('req.auth.sign-in.v1', {
    input: z.object({
      email: Email,
      password: z.string().min(1).max(256),
      code: SecondFactorCode.optional(),
      client: ClientInfo.optional().describe('Filled in by the edge.'),
    }),
    output: IssuedSession,
    errors: {
      sign_in_failed: {
        status: 401,
        title: 'The e-mail address or the password is wrong.',
        hint: 'Check both and try again.',
      },
      second_factor_required: {
        status: 401,
        title: 'This account also asks for a code.',
        hint: 'Send the six digits of the authenticator app, or a recovery code, as `code` with the rest.',
      },
      second_factor_wrong: {
        status: 401,
        title: 'The code is wrong, or was used before.',
        hint: 'Wait for the next code of the authenticator app, or use a recovery code.',
      },
      ...accountErrors,
      ...delayErrors,
    },
  }),
  refreshSession: defineRequest('req.auth.refresh-session.v1', {
    input: z.object({ refreshToken: OpaqueToken }),
    output: IssuedSession,
    errors: sessionErrors,
  }),
  signOut: defineRequest('req.auth.sign-out.v1', {
    input: z.object({ refreshToken: OpaqueToken.optional() }),
    output: Nothing,
  }),
  /** Public halves of the keys that sign access tokens (RFC 7517). */
  getJwks: defineRequest('req.auth.get-jwks.v1', {
    input: Nothing,
    output: z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
  }),
  getMe: defineRequest('req.auth.get-me.v1', {
    input: Nothing,
    output: z
      .object({
        type: z.enum(['user', 'key']),
        id: Id,
        name: z.string(),
        role: Role,
        email: z.email().nullable(),
        secondFactor: z.boolean().describe('Sign-in asks for a code.'),
        secondFactorMissing: z
          .boolean()
          .describe('One has to be set up before anything else is allowed; then refresh the session.'),
        permissions: z.array(Permission).describe('What this caller may do now.'),
      })
      .meta({ id: 'Me' }),
  }),
  /** Ends every session of the caller; they sign in again with the new password. */
  changePassword: defineRequest('req.auth.change-password.v1', {
    input: z.object({ currentPassword: z.string().min(1).max(256), newPassword: Password }),
    output: Nothing,
    errors: {
      password_wrong: {
        status: 403,
        title: 'The current password is wrong.',
        hint: 'Check it and try again.',
      },
      ...delayErrors,
    },
  }),
  ...vaultRequests,
  ...secondFactorRequests,
  ...identityProviderRequests,
  ...peopleRequests,
  ...apiKeyRequests,
  ...operationsRequests('auth'),
};

export const authEvents = {
  signedIn: defineEvent('evt.auth.signed-in.v1', z.object({ userId: Id })),
  ...secondFactorEvents,
  ...identityProviderEvents,
  ...peopleEvents,
  ...apiKeyEvents,
  ...vaultEvents,
};

export const authCatalog = defineCatalog({
  owner: 'auth',
  requests: authRequests,
  events: authEvents,
  live: {},
});

export const authRoutes = defineRoutes({
  'GET /api/v1/setup': {
    contract: authRequests.getSetupState,
    access: 'public',
    summary: 'Is there an account yet',
  },
  'POST /api/v1/setup': {
    contract: authRequests.completeSetup,
    access: 'public',
    summary: 'Create the first administrator with the one-time set-up token',
    status: 201,
    rateClass: 'sign-in',
  },
  'POST /api/v1/session': {
    contract: authRequests.signIn,
    access: 'public',
    summary: 'Sign in',
    status: 201,
    session: 'start',
    rateClass: 'sign-in',
  },
  'POST /api/v1/session/refresh': {
    contract: authRequests.refreshSession,
    access: 'public',
    summary: 'Exchange the refresh cookie for new tokens',
    session: 'refresh',
    rateClass: 'sign-in',
  },
  'DELETE /api/v1/session': {
    contract: authRequests.signOut,
    access: 'public',
    summary: 'Sign out',
    session: 'end',
  },
  'GET /api/v1/jwks.json': {
    contract: authRequests.getJwks,
    access: 'public',
    summary: 'Keys that sign access tokens',
  },
  'GET /api/v1/me': { contract: authRequests.getMe, access: 'authenticated', summary: 'Who am I' },
  'PUT /api/v1/me/password': {
    contract: authRequests.changePassword,
    access: 'account:write',
    summary: 'Change my password; every session of mine ends',
    rateClass: 'sign-in',
  },
  ...vaultRoutes,
  ...secondFactorRoutes,
  ...identityProviderRoutes,
  ...peopleRoutes,
  ...apiKeyRoutes,
  ...operationsRoutes('auth', authRequests),
});
