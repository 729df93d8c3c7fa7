import type { IdentityProvider } from '@aether/contracts/identity-providers';
import type { Role } from '@aether/contracts/schemas';
import * as oidc from 'openid-client';
import type { ProviderSettings } from './provider-config.js';

const TIMEOUT_S = 10;

/** Who gets an account without an invitation, and what they may do then. */
export interface IdentityPolicy {
  readonly domains: readonly string[];
  readonly role: Role;
}
export const IDENTITY_POLICY = Symbol('identity policy');

/** What a provider vouches for. Roles and groups it may claim are never read. */
export interface Identity {
  readonly provider: string;
  readonly issuer: string;
  readonly subject: string;
  /** Only where the provider says that it is verified. */
  readonly verifiedEmail: string | null;
  readonly name: string | null;
}

/** What ties an answer to the question. */
export interface SignInProof {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Thrown where the provider cannot be asked at all. */
export class ProviderUnreachable extends Error {
  override readonly name = 'ProviderUnreachable';
}

/** Thrown where the provider refuses, or what it answers does not hold. */
export class ProviderRefused extends Error {
  override readonly name = 'ProviderRefused';
}

/** The configured OpenID Connect providers: authorization code with PKCE, state and nonce. */
export class OidcProviders {
  private readonly discovered = new Map<string, Promise<oidc.Configuration>>();

  constructor(private readonly settings: readonly ProviderSettings[]) {}

  list(): IdentityProvider[] {
    return this.settings.map(({ id, name }) => ({ id, name }));
  }

  has(id: string): boolean {
    return this.settings.some((provider) => provider.id === id);
  }

  /** A question to a provider, and what its answer has to be held against. */
  async begin(id: string): Promise<{ url: string; proof: SignInProof }> {
    const provider = this.get(id);
    const configuration = await this.discover(provider);
    const proof = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      codeVerifier: oidc.randomPKCECodeVerifier(),
    };
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: provider.redirectUri,
      scope: 'openid email profile',
      state: proof.state,
      nonce: proof.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(proof.codeVerifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, proof };
  }

  /** @throws ProviderRefused, ProviderUnreachable */
  async identify(id: string, answer: URLSearchParams, proof: SignInProof): Promise<Identity> {
    const provider = this.get(id);
    const configuration = await this.discover(provider);
    try {
      const url = new URL(provider.redirectUri);
      url.search = answer.toString();
      const tokens = await oidc.authorizationCodeGrant(configuration, url, {
        expectedState: proof.state,
        expectedNonce: proof.nonce,
        pkceCodeVerifier: proof.codeVerifier,
        idTokenExpected: true,
      });
      const token = tokens.claims();
      if (!token) throw new ProviderRefused('The provider sent no ID token.');
      // Many providers tell the address only when asked for it.
      const claims =
        token.email === undefined
          ? await oidc.fetchUserInfo(configuration, tokens.access_token, token.sub)
          : token;
      const verified = claims.email_verified === true && typeof claims.email === 'string';
      return {
        provider: id,
        issuer: token.iss,
        subject: token.sub,
        verifiedEmail: verified ? String(claims.email) : null,
        name: typeof claims.name === 'string' ? claims.name : null,
      };
    } catch (error) {
      throw explain(error);
    }
  }

  private get(id: string): ProviderSettings {
    const provider = this.settings.find((candidate) => candidate.id === id);
    if (!provider) throw new ProviderRefused(`The provider "${id}" is not configured any more.`);
    return provider;
  }

  private discover(provider: ProviderSettings): Promise<oidc.Configuration> {
    const known = this.discovered.get(provider.id);
    if (known) return known;
    const { clientSecret, clientAuth, clientId, issuer } = provider;
    const authentication =
      clientAuth === 'basic' ? oidc.ClientSecretBasic(clientSecret) : oidc.ClientSecretPost(clientSecret);
    const found = oidc
      .discovery(issuer, clientId, clientSecret, authentication, {
        timeout: TIMEOUT_S,
        execute: [
          oidc.enableNonRepudiationChecks,
          ...(issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
        ],
      })
      .catch((error: unknown) => {
        this.discovered.delete(provider.id);
        throw new ProviderUnreachable(`${issuer.href} cannot be asked: ${messageOf(error)}`, {
          cause: error,
        });
      });
    this.discovered.set(provider.id, found);
    return found;
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

function explain(error: unknown): Error {
  if (error instanceof ProviderRefused) return error;
  const isNetwork =
    error instanceof TypeError || (error instanceof oidc.ClientError && error.code === 'OAUTH_TIMEOUT');
  return isNetwork
    ? new ProviderUnreachable(messageOf(error), { cause: error })
    : new ProviderRefused(messageOf(error), { cause: error });
}
