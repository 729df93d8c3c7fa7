import { authRequests } from '@aether/contracts/auth';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PasswordHasher } from '../src/users/password.js';
import { EMAIL, PASSWORD, actorOf, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { changePassword, refreshSession, signIn } = authRequests;

describe('sign-in', () => {
  let auth: AuthUnderTest;
  let userId: string;
  beforeAll(async () => {
    auth = await startAuth();
  });
  beforeEach(async () => {
    await auth.empty();
    userId = await auth.setUp();
  });
  afterAll(() => auth.stop());

  const attempt = (password: string, email = EMAIL) => auth.call(signIn, { email, password });
  const failTimes = async (times: number, email = EMAIL) => {
    for (let time = 0; time < times; time += 1)
      expect(await refusal(attempt('a wrong password', email))).toBe('sign_in_failed');
  };

  it('gives a session to the right password, whatever the case of the address', async () => {
    const session = await attempt(PASSWORD, 'ADA@example.org');
    expect(session.user).toMatchObject({ id: userId, email: EMAIL, role: 'admin' });
    expect(new Date(session.accessTokenExpiresAt).getTime() - Date.now()).toBeLessThanOrEqual(600_000);
    await eventually(() =>
      expect(auth.events.at(-1)).toMatchObject({
        subject: 'evt.auth.signed-in.v1',
        payload: { userId },
        context: { actor: { type: 'user', id: userId, role: 'admin' } },
      }),
    );
  });

  it.each([EMAIL, 'nobody@example.org'])('slows down guessing for %s, known or not', async (email) => {
    await failTimes(5, email);
    await expect(attempt(PASSWORD, email)).rejects.toMatchObject({ code: 'sign_in_delayed', retryAfterS: 1 });
    for (const [index, delayS] of [1, 2, 4, 8].entries()) {
      auth.clock.advance(delayS * 1_000);
      await failTimes(1, email);
      await expect(attempt('x', email)).rejects.toMatchObject({
        code: 'sign_in_delayed',
        retryAfterS: 2 ** (index + 1),
      });
    }
  });

  it('never makes anybody wait longer than 15 minutes', async () => {
    await failTimes(1);
    await auth.query('UPDATE sign_in_guard SET failures = 500');
    await failTimes(1);
    await expect(attempt(PASSWORD)).rejects.toMatchObject({ retryAfterS: 900 });
  });

  it('forgets failures after a success', async () => {
    await failTimes(4);
    await attempt(PASSWORD);
    await failTimes(4);
    await attempt(PASSWORD);
  });

  it('keeps the delay when the service is restarted', async () => {
    await failTimes(5);
    await auth.restart();
    expect(await refusal(attempt(PASSWORD))).toBe('sign_in_delayed');
  });

  it('looks at no more guesses when they are sent all at once', async () => {
    const codes = await Promise.all(Array.from({ length: 12 }, () => refusal(attempt('a wrong password'))));
    expect(codes.filter((code) => code === 'sign_in_failed')).toHaveLength(5);
    expect(codes.filter((code) => code === 'sign_in_delayed')).toHaveLength(7);
  });

  it('lets the right password in many times at once', async () => {
    const sessions = await Promise.all(Array.from({ length: 8 }, () => attempt(PASSWORD)));
    expect(new Set(sessions.map(({ refreshToken }) => refreshToken)).size).toBe(8);
  });

  it('refuses a flood at once, and goes on answering everything else', async () => {
    const flood = Promise.all(
      Array.from({ length: 60 }, (_, index) => refusal(attempt('wrong', `n${index}@example.org`))),
    );
    await expect(auth.call(authRequests.getSetupState, {})).resolves.toEqual({ setUp: true });
    const codes = await flood;
    expect(codes.filter((code) => code === 'overloaded').length).toBeGreaterThanOrEqual(60 - 32);
    expect(codes).toContain('sign_in_failed');
  });

  it('hashes a password anew when the cost was raised since', async () => {
    const cheap = { memoryKib: 8_192, passes: 1, parallelism: 1 };
    const old = await new PasswordHasher(1).hash(PASSWORD, cheap);
    await auth.query('UPDATE user_account SET password_hash = $1', [old]);
    await attempt(PASSWORD);
    const [row] = await auth.query('SELECT password_hash FROM user_account');
    expect(row?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    await attempt(PASSWORD);
  });

  it('ends every session when the password is changed', async () => {
    const before = await auth.signIn();
    const actor = actorOf('admin', userId);
    const newPassword = 'another long passphrase';
    const change = (currentPassword: string) =>
      auth.call(changePassword, { currentPassword, newPassword }, { actor });
    expect(await refusal(change('not the password'))).toBe('password_wrong');
    await change(PASSWORD);
    expect(await refusal(attempt(PASSWORD))).toBe('sign_in_failed');
    expect(await refusal(auth.call(refreshSession, { refreshToken: before.refreshToken }))).toBe(
      'refresh_token_invalid',
    );
    await attempt(newPassword);
    await eventually(() =>
      expect(auth.events.map(({ payload }) => payload)).toContainEqual(
        expect.objectContaining({ userId, reason: 'password-changed' }),
      ),
    );
  });

  it('lets nobody change a password without being a person who is signed in', async () => {
    const input = { currentPassword: PASSWORD, newPassword: 'another long passphrase' };
    expect(await refusal(auth.call(changePassword, input))).toBe('unauthenticated');
    const key = { ...actorOf('admin'), type: 'key' as const };
    expect(await refusal(auth.call(changePassword, input, { actor: key }))).toBe('forbidden');
    expect(await refusal(auth.call(changePassword, input, { actor: actorOf('admin') }))).toBe(
      'unauthenticated',
    );
  });
});
