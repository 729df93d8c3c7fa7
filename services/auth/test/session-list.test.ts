import { randomUUID } from 'node:crypto';
import { authRequests } from '@aether/contracts/auth';
import type { Actor } from '@aether/messaging/context';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EMAIL, PASSWORD, actorOf, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { listMySessions, listSessions, refreshSession, revokeMySession, revokeMySessions, revokeSessions } =
  authRequests;

describe('the list of sessions', () => {
  let auth: AuthUnderTest;
  let me: Actor;
  beforeAll(async () => {
    auth = await startAuth();
  });
  beforeEach(async () => {
    await auth.empty();
    me = actorOf('admin', await auth.setUp());
  });
  afterAll(() => auth.stop());

  const signIn = (userAgent: string) =>
    auth.call(authRequests.signIn, {
      email: EMAIL,
      password: PASSWORD,
      client: { address: '192.0.2.7', userAgent },
    });
  const mine = async (actor = me) => (await auth.call(listMySessions, {}, { actor })).items;
  const refused = (refreshToken: string) => refusal(auth.call(refreshSession, { refreshToken }));

  it('tells where each began and was used last, and which one asks', async () => {
    await signIn('Laptop');
    const phone = await signIn('Phone');
    const [{ id: sid } = { id: '' }] = (await mine()).filter(({ userAgent }) => userAgent === 'Laptop');
    auth.clock.advance(60_000);
    await auth.call(refreshSession, { refreshToken: phone.refreshToken });
    const sessions = await mine({ ...me, sessionId: sid });
    expect(sessions).toMatchObject([
      { userAgent: 'Phone', address: '192.0.2.7', method: 'password', current: false },
      { userAgent: 'Laptop', current: true },
    ]);
    const [latest, first] = sessions.map(({ lastUsedAt }) => Date.parse(lastUsedAt));
    expect(Number(latest) - Number(first)).toBeGreaterThan(50_000);
  });

  it('ends one of them, and not those of other people', async () => {
    const laptop = await signIn('Laptop');
    const phone = await signIn('Phone');
    const id = (await mine()).find(({ userAgent }) => userAgent === 'Laptop')?.id ?? '';
    const bob = await auth.addUser('operator');
    expect(await refusal(auth.call(revokeMySession, { id }, { actor: bob }))).toBe('session_not_found');
    await auth.call(revokeMySession, { id }, { actor: me });
    expect(await refusal(auth.call(revokeMySession, { id }, { actor: me }))).toBe('session_not_found');
    expect(await refusal(auth.call(revokeMySession, { id: randomUUID() }, { actor: me }))).toBe(
      'session_not_found',
    );
    expect(await refused(laptop.refreshToken)).toBe('refresh_token_invalid');
    await auth.call(refreshSession, { refreshToken: phone.refreshToken });
    expect(await mine()).toHaveLength(1);
  });

  it('is emptied by signing out everywhere, and by an administrator', async () => {
    const sessions = [await signIn('Laptop'), await signIn('Phone')];
    await expect(auth.call(revokeMySessions, {}, { actor: me })).resolves.toEqual({ ended: 2 });
    await expect(auth.call(revokeMySessions, {}, { actor: me })).resolves.toEqual({ ended: 0 });
    for (const { refreshToken } of sessions)
      expect(await refused(refreshToken)).toBe('refresh_token_invalid');
    const again = await signIn('Laptop');
    const theirs = { id: me.id };
    await expect(auth.call(listSessions, theirs, { actor: me })).resolves.toMatchObject({
      items: [{ userId: me.id }],
    });
    await expect(auth.call(revokeSessions, theirs, { actor: me })).resolves.toEqual({ ended: 1 });
    expect(await refused(again.refreshToken)).toBe('refresh_token_invalid');
  });

  it('of others is for administrators only, and nobody has one without being a person', async () => {
    for (const contract of [listSessions, revokeSessions]) {
      expect(await refusal(auth.call(contract, { id: me.id }, { actor: actorOf('operator') }))).toBe(
        'forbidden',
      );
      expect(await refusal(auth.call(contract, { id: randomUUID() }, { actor: me }))).toBe('user_not_found');
    }
    for (const contract of [listMySessions, revokeMySessions]) {
      expect(await refusal(auth.call(contract, {}, { actor: { ...me, type: 'key' } }))).toBe('forbidden');
      expect(await refusal(auth.call(contract, {}))).toBe('unauthenticated');
    }
    expect(await refusal(auth.call(authRequests.listRecentEndings, {}, { actor: me }))).toBe('forbidden');
  });
});
