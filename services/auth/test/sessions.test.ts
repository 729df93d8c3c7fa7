import { authRequests } from '@aether/contracts/auth';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { refreshSession, signOut } = authRequests;
const DAY_MS = 24 * 3_600_000;

describe('sessions', () => {
  let auth: AuthUnderTest;
  let userId: string;
  let first: string;
  beforeAll(async () => {
    auth = await startAuth();
  });
  beforeEach(async () => {
    await auth.empty();
    userId = await auth.setUp();
    first = (await auth.signIn()).refreshToken;
  });
  afterAll(() => auth.stop());

  const refresh = async (refreshToken: string) =>
    (await auth.call(refreshSession, { refreshToken })).refreshToken;
  const refused = (refreshToken: string) => refusal(refresh(refreshToken));
  const revocations = () =>
    auth.events
      .filter(({ subject }) => subject === 'evt.auth.session-revoked.v1')
      .map(({ payload }) => payload as { userId: string })
      .filter((payload) => payload.userId === userId);

  it('are renewed by a new token each time', async () => {
    const second = await refresh(first);
    const third = await refresh(second);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  it('end when a token that was exchanged is used again', async () => {
    const second = await refresh(first);
    auth.clock.advance(10_001);
    expect(await refused(first)).toBe('refresh_token_reused');
    expect(await refused(second)).toBe('refresh_token_reused');
    await eventually(() =>
      expect(revocations()).toEqual([
        { userId, sessionId: expect.any(String), reason: 'refresh-token-reused' },
      ]),
    );
  });

  it('go on for a client that lost the answer and asks again within ten seconds', async () => {
    await refresh(first);
    auth.clock.advance(9_000);
    const again = await refresh(first);
    auth.clock.advance(60_000);
    await refresh(again);
  });

  it('end when both answers to a repeated token are used: a thief cannot live beside the owner', async () => {
    const stolen = await refresh(first);
    const owned = await refresh(first);
    const next = await refresh(owned);
    expect(await refused(stolen)).toBe('refresh_token_reused');
    expect(await refused(next)).toBe('refresh_token_reused');
  });

  it('end when a token is repeated after its successor was used, however soon', async () => {
    await refresh(await refresh(first));
    expect(await refused(first)).toBe('refresh_token_reused');
  });

  it('have one line of descent when a token is used many times at once on two instances', async () => {
    await auth.startAnother();
    const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(first)));
    auth.clock.advance(60_000);
    const used = await Promise.allSettled(answers.map((token) => refresh(token)));
    expect(used.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await eventually(() => expect(revocations()).toHaveLength(1));
  });

  it('give exactly one of two uses at once a token when the answer was not just lost', async () => {
    const second = await refresh(first);
    auth.clock.advance(60_000);
    await auth.query(`UPDATE refresh_token SET exchanged_at = exchanged_at - interval '1 minute'`);
    const codes = await Promise.all([refused(first), refused(first)]);
    expect(codes).toEqual(['refresh_token_reused', 'refresh_token_reused']);
    expect(await refused(second)).toBe('refresh_token_reused');
    await eventually(() => expect(revocations()).toHaveLength(1));
  });

  it('end after 30 days without use', async () => {
    auth.clock.advance(30 * DAY_MS);
    expect(await refused(first)).toBe('refresh_token_invalid');
  });

  it('end 90 days after sign-in, however much they are used', async () => {
    let token = first;
    for (const days of [29, 29, 29]) {
      auth.clock.advance(days * DAY_MS);
      token = await refresh(token);
    }
    auth.clock.advance(3 * DAY_MS);
    expect(await refused(token)).toBe('refresh_token_invalid');
  });

  it('end at sign-out with all their tokens, and signing out again does no harm', async () => {
    const second = await refresh(first);
    const other = (await auth.signIn()).refreshToken;
    await auth.call(signOut, { refreshToken: second });
    await auth.call(signOut, { refreshToken: second });
    await auth.call(signOut, { refreshToken: 'never issued by anybody' });
    await auth.call(signOut, {});
    expect(await refused(second)).toBe('refresh_token_invalid');
    expect(await refused(first)).toBe('refresh_token_invalid');
    await refresh(other);
    await eventually(() =>
      expect(revocations()).toEqual([{ userId, sessionId: expect.any(String), reason: 'signed-out' }]),
    );
  });

  it('are not given for a token nobody issued', async () => {
    expect(await refused('A'.repeat(43))).toBe('refresh_token_invalid');
  });

  it('carry the role the user has now', async () => {
    await auth.query(`UPDATE user_account SET role = 'viewer'`);
    const { user } = await auth.call(refreshSession, { refreshToken: first });
    expect(user.role).toBe('viewer');
  });

  it('keep no token that could be read from the database', async () => {
    const rows = await auth.query('SELECT token_hash::text FROM refresh_token');
    expect(rows).toHaveLength(1);
    expect(String(rows[0]?.token_hash)).not.toContain(Buffer.from(first).toString('hex'));
  });
});
