import { authRequests } from '@aether/contracts/auth';
import { accessTokenAudience, accessTokenIssuer } from '@aether/contracts/identity';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SignJWT, UnsecuredJWT, createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { actorOf, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const DAY_MS = 24 * 3_600_000;
const expected = { issuer: accessTokenIssuer, audience: accessTokenAudience };

describe('access tokens', () => {
  let auth: AuthUnderTest;
  let userId: string;
  beforeAll(async () => {
    auth = await startAuth();
    userId = await auth.setUp();
  });
  afterAll(() => auth.stop());

  const jwks = async () => await auth.call(authRequests.getJwks, {});
  const verify = async (token: string) =>
    jwtVerify(token, createLocalJWKSet(await jwks()), { ...expected, currentDate: auth.clock.now() });

  it('are verified by the published keys and say who, which session and which role', async () => {
    const { accessToken, accessTokenExpiresAt } = await auth.signIn();
    const { payload, protectedHeader } = await verify(accessToken);
    const [{ id: sessionId } = {}] = await auth.query('SELECT id FROM session');
    expect(payload).toMatchObject({ sub: userId, sid: sessionId, role: 'admin', name: 'ada' });
    expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: (await jwks()).keys[0]?.kid });
    expect(payload.exp).toBe(new Date(accessTokenExpiresAt).getTime() / 1_000);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600);
  });

  it('publish no private half', async () => {
    const { keys } = await jwks();
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
    const [row] = await auth.query(`SELECT encode(ciphertext, 'escape') AS text FROM signing_key`);
    expect(row?.text).not.toContain('"d"');
  });

  it('are refused when signed by another algorithm with the public key as its secret', async () => {
    const { keys } = await jwks();
    const [key] = keys;
    const claims = { sub: userId, role: 'admin' };
    const forge = (secret: Uint8Array) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256', kid: String(key?.kid) })
        .setIssuer(accessTokenIssuer)
        .setAudience(accessTokenAudience)
        .setExpirationTime('5m')
        .sign(secret);
    const secrets = [Buffer.from(String(key?.x), 'base64url'), Buffer.from(JSON.stringify(key))];
    for (const secret of secrets) await expect(verify(await forge(secret))).rejects.toThrow();
    const unsecured = new UnsecuredJWT(claims)
      .setIssuer(accessTokenIssuer)
      .setAudience(accessTokenAudience)
      .encode();
    await expect(verify(unsecured)).rejects.toThrow();
  });

  it('are refused when a single claim was changed', async () => {
    const [head, body = '', signature] = (await auth.signIn()).accessToken.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
    const changed = Buffer.from(JSON.stringify({ ...claims, sub: 'somebody-else' })).toString('base64url');
    await expect(verify([head, changed, signature].join('.'))).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
  });

  it('stay valid across a change of the signing key, whose old half is published until they expire', async () => {
    auth.clock.advance(30 * DAY_MS - 60_000);
    const before = (await auth.signIn()).accessToken;
    auth.clock.advance(120_000);
    const after = (await auth.signIn()).accessToken;
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    await verify(before);
    await verify(after);
    auth.clock.advance(3_600_000);
    expect((await jwks()).keys.map(({ kid }) => kid)).toEqual([decodeProtectedHeader(after).kid]);
  });

  it('are signed by another key on demand, and those signed before go on', async () => {
    const before = (await auth.signIn()).accessToken;
    const other = await auth.startAnother();
    const { kid } = await auth.call(authRequests.rotateSigningKeys, {}, { actor: actorOf('admin') });
    auth.clock.advance(31_000);
    const after = (await auth.signIn()).accessToken;
    expect(decodeProtectedHeader(after).kid).toBe(kid);
    await verify(before);
    await verify(after);
    await other.stop();
  });

  it('are no longer believed when their key is withdrawn', async () => {
    const before = (await auth.signIn()).accessToken;
    const actor = actorOf('admin');
    const rotated = await auth.call(authRequests.rotateSigningKeys, { withdraw: true }, { actor });
    expect(rotated.published).toBe(1);
    await expect(verify(before)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
    await verify((await auth.signIn()).accessToken);
    for (const role of ['viewer', 'operator'] as const)
      expect(await refusal(auth.call(authRequests.rotateSigningKeys, {}, { actor: actorOf(role) }))).toBe(
        'forbidden',
      );
    expect(await refusal(auth.call(authRequests.rotateSigningKeys, {}))).toBe('unauthenticated');
  });

  it('are signed by one key however many instances boot at once', async () => {
    await auth.query('DELETE FROM signing_key');
    await Promise.all([auth.startAnother(), auth.startAnother(), auth.startAnother()]);
    expect((await jwks()).keys).toHaveLength(1);
  });
});
