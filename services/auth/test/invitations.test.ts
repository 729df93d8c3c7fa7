import { randomUUID } from 'node:crypto';
import { authRequests } from '@aether/contracts/auth';
import type { Actor } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PASSWORD, actorOf, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { acceptInvitation, createInvitation, listInvitations, readInvitation, revokeInvitation, signIn } =
  authRequests;
const email = 'bob@example.org';

describe('invitations', () => {
  let auth: AuthUnderTest;
  let admin: Actor;
  beforeAll(async () => {
    auth = await startAuth();
  });
  beforeEach(async () => {
    await auth.empty();
    admin = actorOf('admin', await auth.setUp());
  });
  afterAll(() => auth.stop());

  const invite = (fields: { email?: string; validH?: number } = {}, actor = admin) =>
    auth.call(createInvitation, { email, role: 'operator', ...fields }, { actor });
  const accept = (token: string) => auth.call(acceptInvitation, { token, name: 'Bob', password: PASSWORD });

  it('make one account of the role they name, once', async () => {
    const { token, invitation } = await invite();
    await expect(auth.call(readInvitation, { token })).resolves.toEqual({
      email,
      role: 'operator',
      expiresAt: invitation.expiresAt,
    });
    const user = await accept(token);
    expect(user).toMatchObject({ email, role: 'operator', name: 'Bob' });
    expect(await refusal(accept(token))).toBe('invitation_invalid');
    expect(await refusal(auth.call(readInvitation, { token }))).toBe('invitation_invalid');
    await expect(auth.call(signIn, { email, password: PASSWORD })).resolves.toMatchObject({
      user: { id: user.id },
    });
    await eventually(() =>
      expect(auth.events.map(({ payload }) => payload)).toContainEqual({
        invitationId: invitation.id,
        userId: user.id,
      }),
    );
  });

  it('accepted many times at once on two instances make one account', async () => {
    await auth.startAnother();
    const { token } = await invite();
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => accept(token)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('do not work after their hours, after being withdrawn, or once there is a newer one', async () => {
    const expired = await invite({ validH: 1 });
    auth.clock.advance(3_600_001);
    expect(await refusal(accept(expired.token))).toBe('invitation_invalid');
    const older = await invite();
    const newer = await invite();
    expect(await refusal(accept(older.token))).toBe('invitation_invalid');
    const id = newer.invitation.id;
    const withdrawn = await auth.call(revokeInvitation, { id }, { actor: admin });
    expect(withdrawn.revokedAt).not.toBeNull();
    await expect(auth.call(revokeInvitation, { id }, { actor: admin })).resolves.toEqual(withdrawn);
    expect(await refusal(accept(newer.token))).toBe('invitation_invalid');
    expect(await refusal(accept('a token of nobody'))).toBe('invitation_invalid');
  });

  it('to somebody who has an account are refused, in any case of letters', async () => {
    await accept((await invite()).token);
    expect(await refusal(invite({ email: 'BOB@example.org' }))).toBe('user_exists');
  });

  it('are given once for a repeated request, and their link is stored nowhere', async () => {
    const context = { actor: admin, idempotencyKey: randomUUID() };
    const { token } = await auth.call(createInvitation, { email, role: 'viewer' }, context);
    expect(await refusal(auth.call(createInvitation, { email, role: 'viewer' }, context))).toBe(
      'invitation_already_shown',
    );
    const rows = await auth.query(
      'SELECT i::text AS row FROM invitation i UNION ALL SELECT o::text FROM outbox o UNION ALL SELECT d::text FROM idempotency d',
    );
    expect(JSON.stringify([rows, auth.events])).not.toContain(token);
  });

  it('are the business of administrators, and absent ones are not found', async () => {
    for (const actor of [actorOf('viewer'), actorOf('operator')]) {
      expect(await refusal(invite({}, actor))).toBe('forbidden');
      expect(await refusal(auth.call(listInvitations, {}, { actor }))).toBe('forbidden');
      expect(await refusal(auth.call(revokeInvitation, { id: randomUUID() }, { actor }))).toBe('forbidden');
    }
    expect(await refusal(auth.call(createInvitation, { email, role: 'viewer' }))).toBe('unauthenticated');
    expect(await refusal(auth.call(revokeInvitation, { id: randomUUID() }, { actor: admin }))).toBe(
      'invitation_not_found',
    );
    const { invitation } = await invite();
    await expect(auth.call(listInvitations, {}, { actor: admin })).resolves.toMatchObject({
      items: [invitation],
    });
  });

  it('need an address, a role, a sensible time, and a password of twelve characters', async () => {
    for (const fields of [{ email: 'bob' }, { validH: 0 }, { validH: 9_999 }])
      expect(await refusal(invite(fields))).toBe('invalid_input');
    const { token } = await invite();
    const short = { token, name: 'Bob', password: 'short' };
    expect(await refusal(auth.call(acceptInvitation, short))).toBe('invalid_input');
  });
});
