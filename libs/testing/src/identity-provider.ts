import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

/** What the provider says of somebody. */
interface Person {
  email?: string;
  email_verified?: boolean;
  name?: string;
  [claim: string]: unknown;
}

/** A provider that runs, with what Aether has to be told of it. */
export interface IdentityProviderUnderTest {
  readonly issuer: string;
  readonly environment: Readonly<Record<string, string>>;
  /** By subject. */
  readonly people: Map<string, Person>;
  /** The provider's answer to who goes to `url` as `subject`: the query that the callback page gets. */
  visit(url: string, subject: string): Promise<string>;
  stop(): Promise<void>;
}

const CLIENT = { id: 'aether', secret: 'a secret of the client, told to nobody' };

/**
 * A real OpenID Connect server whose sign-in page asks nothing: who comes is named by a cookie `subject`; nobody without.
 * Browsers are sent back to `publicUrl`, by default an address that nothing listens on.
 */
export async function startIdentityProvider(
  publicUrl = 'https://aether.example',
): Promise<IdentityProviderUnderTest> {
  const people = new Map<string, Person>();
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: Provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${publicUrl}/sign-in/callback/`],
      },
    ],
    cookies: { keys: ['cookies of a test'] },
    pkce: { required: () => true },
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name', 'role', 'groups', 'roles'],
    },
    features: { devInteractions: { enabled: false } },
    findAccount: (_context, accountId) => ({
      accountId,
      claims: () => ({ ...people.get(accountId), sub: accountId }),
    }),
    loadExistingGrant: async (context) => {
      const { client, session } = context.oidc;
      const grant = new provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response);
    const subject = /subject=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    const result = subject ? { login: { accountId: subject } } : { error: 'access_denied' };
    void provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  });
  return {
    people,
    issuer,
    environment: {
      PUBLIC_URL: publicUrl,
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: CLIENT.id,
      OIDC_CLIENT_SECRET: CLIENT.secret,
      OIDC_NAME: 'Example',
      OIDC_ALLOWED_DOMAINS: 'members.example',
    },
    visit: (url, subject) =>
      browse(url, { until: publicUrl, cookies: new Map(subject ? [['subject', subject]] : []) }),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Follows redirects with cookies, up to the one that leads back to Aether. */
async function browse(
  start: string,
  { until, cookies }: { until: string; cookies: Map<string, string> },
): Promise<string> {
  let url = start;
  for (let hop = 0; hop < 10; hop += 1) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = response.headers.get('location');
    if (!location) throw new Error(`the provider answered ${response.status}: ${await response.text()}`);
    const next = new URL(location, url);
    if (next.origin === until) return next.search;
    url = next.href;
  }
  throw new Error('the provider redirects without end');
}
