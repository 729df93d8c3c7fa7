import {
  accessTokenAudience,
  accessTokenIssuer,
  accessTokenLifetimeMs,
  type AccessTokenClaims,
  type User,
} from '@aether/contracts/identity';
import type { Permission } from '@aether/contracts/permissions';
import { Inject, Injectable } from '@nestjs/common';
import { SignJWT } from 'jose';
import { CLOCK, type Clock } from '../clock.js';
import { SIGNATURE_ALGORITHM, SigningKeys } from './signing-keys.js';

const LIFETIME_S = accessTokenLifetimeMs / 1_000;

@Injectable()
export class AccessTokens {
  constructor(
    private readonly keys: SigningKeys,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async issue(
    user: User,
    { sessionId, scopes }: { sessionId: string; scopes?: readonly Permission[] },
  ): Promise<{ token: string; expiresAt: Date }> {
    const { kid, privateKey } = await this.keys.current();
    const issuedAtS = Math.floor(this.clock.now().getTime() / 1_000);
    const expiresAtS = issuedAtS + LIFETIME_S;
    const { sub, ...claims }: AccessTokenClaims = {
      sub: user.id,
      sid: sessionId,
      role: user.role,
      name: user.name,
      ...(scopes && { scopes: [...scopes] }),
    };
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: SIGNATURE_ALGORITHM, kid, typ: 'JWT' })
      .setSubject(sub)
      .setIssuer(accessTokenIssuer)
      .setAudience(accessTokenAudience)
      .setIssuedAt(issuedAtS)
      .setExpirationTime(expiresAtS)
      .sign(privateKey);
    return { token, expiresAt: new Date(expiresAtS * 1_000) };
  }
}
