import { z } from 'zod';

const Domains = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((domain) => domain.trim().toLowerCase())
      .filter(Boolean),
  )
  .pipe(z.array(z.hostname()));

const isLoopback = ({ hostname }: URL) =>
  hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]';

const Issuer = z
  .url()
  .transform((text) => new URL(text))
  .refine((url) => url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)), {
    message: 'must begin with https:// (http:// only on this machine)',
  });

/** Settings of sign-in by OpenID Connect, as fields of the service's configuration. */
export const IdentityProviderConfig = {
  PUBLIC_URL: z.url().optional().describe('address people use; providers send browsers back to it'),
  OIDC_ISSUER: Issuer.optional().describe('address of an OpenID Connect provider'),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_CLIENT_AUTH: z.enum(['basic', 'post']).default('basic').describe('how the secret is sent'),
  OIDC_NAME: z.string().min(1).max(40).default('single sign-on').describe('what its button says'),
  OIDC_GOOGLE_CLIENT_ID: z.string().min(1).optional(),
  OIDC_GOOGLE_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_ALLOWED_DOMAINS: Domains.prefault('').describe(
    'who has a verified address there gets an account without an invitation',
  ),
  // Nobody becomes an administrator by an address alone.
  OIDC_DEFAULT_ROLE: z.enum(['viewer', 'operator']).default('viewer').describe('of such accounts'),
};

type Settings = z.infer<z.ZodObject<typeof IdentityProviderConfig>>;

/** One provider, ready to be asked. */
export interface ProviderSettings {
  readonly id: string;
  readonly name: string;
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientAuth: 'basic' | 'post';
  readonly redirectUri: string;
}

/** The providers that are fully configured; what is configured by halves becomes an issue of the configuration. */
export function identityProvidersOf(settings: Settings, context: z.RefinementCtx): ProviderSettings[] {
  const given = [
    {
      id: 'google',
      name: 'Google',
      clientAuth: 'basic' as const,
      issuer: settings.OIDC_GOOGLE_CLIENT_ID ? new URL('https://accounts.google.com') : undefined,
      clientId: settings.OIDC_GOOGLE_CLIENT_ID,
      clientSecret: settings.OIDC_GOOGLE_CLIENT_SECRET,
      setting: 'OIDC_GOOGLE_CLIENT_ID',
    },
    {
      id: 'oidc',
      name: settings.OIDC_NAME,
      clientAuth: settings.OIDC_CLIENT_AUTH,
      issuer: settings.OIDC_ISSUER,
      clientId: settings.OIDC_CLIENT_ID,
      clientSecret: settings.OIDC_CLIENT_SECRET,
      setting: 'OIDC_ISSUER',
    },
  ];
  return given.flatMap(({ setting, ...provider }) => {
    const { issuer, clientId, clientSecret } = provider;
    if (!issuer && !clientId && !clientSecret) return [];
    if (issuer && clientId && clientSecret && settings.PUBLIC_URL)
      return [{ ...provider, issuer, clientId, clientSecret, redirectUri: callbackUrl(settings.PUBLIC_URL) }];
    context.addIssue({
      code: 'custom',
      path: [setting],
      message: 'sign-in by a provider needs its issuer, client id, client secret and PUBLIC_URL together.',
    });
    return [];
  });
}

/** Page of the console that takes the provider's answer. */
const callbackUrl = (publicUrl: string) => new URL('/sign-in/callback/', publicUrl).href;
