import { authRequests } from '@aether/contracts/auth';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EMAIL, PASSWORD, actorOf, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

describe('the log', () => {
  let auth: AuthUnderTest;
  let log: string;
  beforeEach(async () => {
    log = '';
    jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
      log += String(chunk);
      return true;
    });
    auth = await startAuth({ LOG_LEVEL: 'trace', LOG_PRETTY: 'false' });
  });
  afterEach(async () => {
    await auth.stop();
    jest.restoreAllMocks();
  });

  it('of everything that can be asked holds no password, token, key or secret', async () => {
    const secret = 'the-secret-of-the-provider';
    const wrong = 'a-wrong-password-of-somebody';
    const { token } = await auth.call(authRequests.createSetupToken, {}, { caller: 'operator' });
    const setUp = { token, email: EMAIL, password: PASSWORD };
    const { id: userId } = await auth.call(authRequests.completeSetup, setUp);
    const admin = { actor: actorOf('admin', userId) };
    expect(await refusal(auth.call(authRequests.signIn, { email: EMAIL, password: wrong }))).toBe(
      'sign_in_failed',
    );
    const session = await auth.signIn();
    const renewed = await auth.call(authRequests.refreshSession, { refreshToken: session.refreshToken });
    const { key } = await auth.call(authRequests.createApiKey, { name: 'k', role: 'viewer' }, admin);
    await auth.call(authRequests.verifyApiKey, { key });
    const invited = await auth.call(
      authRequests.createInvitation,
      { email: 'eve@example.org', role: 'viewer' },
      admin,
    );
    await auth.call(authRequests.readInvitation, { token: invited.token });
    const { id } = await auth.call(authRequests.storeSecret, { name: 's', value: secret }, admin);
    await auth.call(authRequests.revealSecret, { id }, { caller: 'deployer' });
    // Failures are logged with their cause: the ones that could carry a value are the ones to look at.
    await auth.query(`UPDATE secret SET ciphertext = 'broken'`);
    expect(await refusal(auth.call(authRequests.revealSecret, { id }, { caller: 'deployer' }))).toBe(
      'internal',
    );
    await auth.query('ALTER TABLE refresh_token RENAME TO gone');
    await auth.query('ALTER TABLE secret RENAME TO gone_as_well');
    await auth.query('ALTER TABLE api_key RENAME TO gone_too');
    expect(await refusal(auth.signIn())).toBe('internal');
    expect(await refusal(auth.call(authRequests.storeSecret, { name: 's', value: secret }, admin))).toBe(
      'internal',
    );
    expect(await refusal(auth.call(authRequests.verifyApiKey, { key }))).toBe('internal');
    await auth.call(authRequests.signOut, { refreshToken: renewed.refreshToken }).catch(() => undefined);

    expect(log).toContain('work failed');
    const { MASTER_KEY = '' } = auth.environment;
    for (const hidden of [
      token,
      PASSWORD,
      wrong,
      session.accessToken,
      session.refreshToken,
      renewed.refreshToken,
      key.slice(-43),
      invited.token,
      secret,
      MASTER_KEY,
    ])
      expect(log).not.toContain(hidden);
    expect(log).not.toContain('$argon2id$');
  });
});
