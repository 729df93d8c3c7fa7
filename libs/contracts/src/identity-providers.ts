import { z } from 'zod';
import { defineEvent, defineRequest } from './contract.js';
import { ClientInfo, IssuedSession, OpaqueToken } from './identity.js';
import { defineRoutes } from './route.js';
import { Id, Instant, Nothing, Slug } from './schemas.js';

/** Sign-in by an OpenID Connect provider: part of what `auth` owns. */

/** Also of sign-in by password: an account that is disabled is closed whichever door is tried. */
export const accountErrors = {
  account_disabled: {
    status: 403,
    title: 'This account is disabled.',
    hint: 'Ask an administrator to enable it.',
  },
} as const;

/** Also of set-up by password. */
export const setupTokenErrors = {
  setup_token_invalid: {
    status: 403,
    title: 'This set-up link is not valid.',
    hint: 'Use the link printed last by `aether up`, or run `npx aether setup`.',
  },
} as const;

const reachErrors = {
  provider_unreachable: {
    status: 502,
    title: 'The identity provider does not answer.',
    hint: 'Try again soon; if it stays, ask an administrator to check the OIDC_ settings.',
  },
} as const;

/** A provider people may sign in by; `name` is what its button says. */
export const IdentityProvider = z.object({ id: Slug, name: z.string() }).meta({ id: 'IdentityProvider' });
export type IdentityProvider = z.infer<typeof IdentityProvider>;

export const identityProviderRequests = {
  listIdentityProviders: defineRequest('req.auth.list-identity-providers.v1', {
    input: Nothing,
    output: z.object({ items: z.array(IdentityProvider) }),
  }),
  /** The browser goes to `url`, keeps `binding`, and comes back to `/sign-in/callback` of the console. */
  beginProviderSignIn: defineRequest('req.auth.begin-provider-sign-in.v1', {
    input: z.object({ provider: Slug }),
    output: z.object({
      url: z.url().describe('Page of the provider to send the browser to.'),
      binding: z.string().describe('Proves later that the answer came back to the browser that asked.'),
      expiresAt: Instant.describe('Until when the answer is taken.'),
    }),
    errors: {
      provider_not_found: {
        status: 404,
        title: 'There is no such identity provider.',
        hint: 'List the providers to find the right id.',
      },
      ...reachErrors,
    },
  }),
  signInByProvider: defineRequest('req.auth.sign-in-by-provider.v1', {
    input: z.object({
      answer: z.string().max(8_192).describe("The query of the provider's answer, as the browser got it."),
      binding: OpaqueToken,
      setupToken: OpaqueToken.optional().describe(
        'Of the set-up link: while there is no account, this identity becomes the first administrator.',
      ),
      client: ClientInfo.optional().describe('Filled in by the edge.'),
    }),
    output: IssuedSession,
    errors: {
      provider_sign_in_invalid: {
        status: 403,
        title: 'This answer belongs to no sign-in that this browser began.',
        hint: 'It was used, has expired, or was begun elsewhere; sign in again.',
      },
      provider_refused: {
        status: 401,
        title: 'The identity provider did not confirm the sign-in.',
        hint: 'Sign in again; if it stays, ask an administrator to check the OIDC_ settings.',
      },
      email_not_verified: {
        status: 403,
        title: 'The identity provider does not vouch for an e-mail address of yours.',
        hint: 'Confirm your address at the provider, then sign in again.',
      },
      identity_unknown: {
        status: 403,
        title: 'There is no account for this e-mail address.',
        hint: 'Ask an administrator for an invitation to exactly this address.',
      },
      identity_conflict: {
        status: 403,
        title: 'The account with this e-mail address belongs to another identity of this provider.',
        hint: 'Sign in as that identity or by password; an administrator may delete the account and invite again.',
      },
      ...accountErrors,
      ...setupTokenErrors,
      ...reachErrors,
    },
  }),
};

export const identityProviderEvents = {
  /** From now on this identity of the provider signs the account in. */
  identityLinked: defineEvent('evt.auth.identity-linked.v1', z.object({ userId: Id, provider: Slug })),
};

export const identityProviderRoutes = defineRoutes({
  'GET /api/v1/auth/providers': {
    contract: identityProviderRequests.listIdentityProviders,
    access: 'public',
    summary: 'Identity providers people may sign in by',
  },
  'POST /api/v1/auth/providers/{provider}/sign-in': {
    contract: identityProviderRequests.beginProviderSignIn,
    access: 'public',
    summary: 'Begin a sign-in by an identity provider',
    status: 201,
    rateClass: 'sign-in',
  },
  'POST /api/v1/session/provider': {
    contract: identityProviderRequests.signInByProvider,
    access: 'public',
    summary: 'Sign in with the answer of an identity provider',
    status: 201,
    session: 'start',
    rateClass: 'sign-in',
  },
});
