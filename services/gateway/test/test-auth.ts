import { randomUUID } from 'node:crypto';
import type { authRequests } from '@aether/contracts/auth';
import type { Catalog, OutputOf } from '@aether/contracts/contract';
import type { Permission } from '@aether/contracts/permissions';
import type { Role } from '@aether/contracts/schemas';
import type { RequestHandlers } from '@aether/messaging/requests';
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';

interface KeyOfTest {
  readonly id: string;
  readonly role: Role;
  readonly ownerId: string;
  readonly scopes: Permission[] | null;
}

/** Plays `auth`: signs tokens of any role and age, and knows the keys it made. */
export class TestAuth {
  private readonly keys = new Map<string, KeyOfTest>();
  /** What an edge that starts is told. */
  recentEndings: OutputOf<typeof authRequests.listRecentEndings> = { sessionIds: [], users: [] };
  readonly handlers: Partial<RequestHandlers<Catalog['requests']>>;
  /** How often the gateway asked for a key. */
  verifications = 0;

  private constructor(
    private signingKey: CryptoKey,
    private jwk: JWK,
  ) {
    this.handlers = {
      getJwks: () => ({ keys: [this.jwk] }),
      getHealth: () => ({ ready: true, checks: [] }),
      getSetupState: () => ({ setUp: true }),
      getMe: (_input, { actor }) => ({
        ...actor,
        name: 'test',
        email: null,
        permissions: [],
        secondFactor: false,
        secondFactorMissing: false,
      }),
      signOut: () => ({}),
      listRecentEndings: () => this.recentEndings,
      verifyApiKey: (input, context) => {
        this.verifications += 1;
        const known = this.keys.get((input as { key: string }).key);
        if (known) return { ...known, name: 'test', expiresAt: null };
        throw context.fail('api_key_invalid');
      },
    };
  }

  static async create(): Promise<TestAuth> {
    const { privateKey, jwk } = await TestAuth.newKey();
    return new TestAuth(privateKey, jwk);
  }

  private static async newKey() {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    return { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: randomUUID(), alg: 'EdDSA' } };
  }

  /** From now on tokens are signed by another key. */
  async rotate(): Promise<void> {
    const { privateKey, jwk } = await TestAuth.newKey();
    this.signingKey = privateKey;
    this.jwk = jwk;
  }

  tokenOf(
    role: Role,
    { expiresInS = 600, id = String(randomUUID()), sid = String(randomUUID()) } = {},
  ): Promise<string> {
    return this.sign({ role, expiresInS, id, sid });
  }

  /** A token with the claims given, for those that are not as they should be. */
  sign({
    role = 'admin',
    issuer = 'aether',
    audience = 'aether-api',
    expiresInS = 600,
    id = String(randomUUID()),
    sid = String(randomUUID()),
  }) {
    return new SignJWT({ role, sid, name: 'test' })
      .setProtectedHeader({ alg: 'EdDSA', kid: this.jwk.kid })
      .setSubject(id)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(Math.floor(Date.now() / 1_000) + expiresInS)
      .sign(this.signingKey);
  }

  /** A key of that role, and the id it is revoked by. */
  keyOf(
    role: Role,
    { scopes = null, ownerId = randomUUID() }: { scopes?: Permission[] | null; ownerId?: string } = {},
  ): { key: string; id: string } {
    const key = `aek_test_${randomUUID()}`;
    const id = randomUUID();
    this.keys.set(key, { id, role, ownerId, scopes });
    return { key, id };
  }

  revoke(key: string): void {
    this.keys.delete(key);
  }
}
