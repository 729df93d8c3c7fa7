import { randomUUID } from 'node:crypto';
import { authRequests } from '@aether/contracts/auth';
import type { Role } from '@aether/contracts/schemas';
import type { Actor } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PASSWORD, actorOf, anonymous, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { createApiKey, deleteUser, disableUser, enableUser, getUser, listUsers, updateMe, updateUser } =
  authRequests;

describe('people', () => {
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

  const signIn = (email: string) => auth.call(authRequests.signIn, { email, password: PASSWORD });
  const setRole = (id: string, role: Role, actor = admin) => auth.call(updateUser, { id, role }, { actor });
  const disable = (id: string, actor = admin) => auth.call(disableUser, { id }, { actor });
  const told = (subject: string) =>
    auth.events.filter((event) => event.subject === subject).map(({ payload }) => payload);

  it('are listed page by page, and read one by one', async () => {
    const bob = await auth.addUser('viewer');
    const first = await auth.call(listUsers, { limit: 1 }, { actor: admin });
    expect(first.items).toMatchObject([{ id: bob.id, role: 'viewer', disabledAt: null }]);
    const rest = await auth.call(listUsers, { cursor: first.nextCursor ?? '' }, { actor: admin });
    expect(rest).toMatchObject({ items: [{ id: admin.id }], nextCursor: null });
    await expect(auth.call(getUser, { id: bob.id }, { actor: admin })).resolves.toEqual(first.items[0]);
  });

  it('get another name or role, which is told, and the same again changes nothing', async () => {
    const bob = await auth.addUser('viewer');
    const changed = { id: bob.id, name: 'Bob', role: 'operator' } as const;
    await expect(auth.call(updateUser, changed, { actor: admin })).resolves.toMatchObject(changed);
    await expect(auth.call(updateUser, changed, { actor: admin })).resolves.toMatchObject(changed);
    await eventually(() =>
      expect(told('evt.auth.user-changed.v1')).toEqual([{ user: expect.objectContaining(changed) }]),
    );
    await expect(signIn(bob.email)).resolves.toMatchObject({ user: { role: 'operator' } });
    const renamed = await auth.call(updateMe, { name: 'Robert' }, { actor: bob });
    expect(renamed.name).toBe('Robert');
  });

  it('who are disabled are out at once with sessions and keys, and back when enabled', async () => {
    const bob = await auth.addUser('operator');
    const session = await signIn(bob.email);
    const { key } = await auth.call(createApiKey, { name: 'ci', role: 'viewer' }, { actor: bob });
    await disable(bob.id);
    await expect(disable(bob.id)).resolves.toMatchObject({ disabledAt: expect.any(String) });
    expect(await refusal(signIn(bob.email))).toBe('account_disabled');
    const refresh = { refreshToken: session.refreshToken };
    expect(await refusal(auth.call(authRequests.refreshSession, refresh))).toBe('refresh_token_invalid');
    expect(await refusal(auth.call(authRequests.verifyApiKey, { key }))).toBe('api_key_invalid');
    await eventually(() => {
      expect(told('evt.auth.user-disabled.v1')).toContainEqual({ userId: bob.id });
      expect(told('evt.auth.session-revoked.v1')).toContainEqual(
        expect.objectContaining({ userId: bob.id, reason: 'user-disabled' }),
      );
    });
    await auth.call(enableUser, { id: bob.id }, { actor: admin });
    await auth.call(enableUser, { id: bob.id }, { actor: admin });
    await signIn(bob.email);
    await auth.call(authRequests.verifyApiKey, { key });
  });

  it('who are deleted leave nothing that works, and their address is free again', async () => {
    const bob = await auth.addUser('operator');
    const { key } = await auth.call(createApiKey, { name: 'ci', role: 'viewer' }, { actor: bob });
    await signIn(bob.email);
    await auth.call(deleteUser, { id: bob.id }, { actor: admin });
    expect(await refusal(auth.call(deleteUser, { id: bob.id }, { actor: admin }))).toBe('user_not_found');
    expect(await refusal(signIn(bob.email))).toBe('sign_in_failed');
    expect(await refusal(auth.call(authRequests.verifyApiKey, { key }))).toBe('api_key_invalid');
    const { items } = await auth.call(listUsers, {}, { actor: admin });
    expect(items.map(({ id }) => id)).toEqual([admin.id]);
    const rows = await auth.query('SELECT u::text AS row FROM user_account u');
    expect(JSON.stringify(rows)).not.toContain(bob.email);
    await auth.call(authRequests.createInvitation, { email: bob.email, role: 'viewer' }, { actor: admin });
    const recent = await auth.call(authRequests.listRecentEndings, {}, { actor: serviceActor });
    expect(recent.users).toContainEqual({ userId: bob.id, role: null });
  });

  it.each([
    ['lowered', (id: string) => setRole(id, 'operator')],
    ['disabled', (id: string) => disable(id)],
    ['deleted', (id: string) => auth.call(deleteUser, { id }, { actor: admin })],
  ])('the last administrator who can sign in is not %s', async (_how, act) => {
    const other = await auth.addUser('admin');
    await disable(other.id);
    expect(await refusal(act(admin.id))).toBe('last_admin');
    await auth.call(enableUser, { id: other.id }, { actor: admin });
    await act(admin.id);
  });

  it('of administrators who remove each other at the same moment one stays, on any instance', async () => {
    await auth.startAnother();
    const admins = [admin, await auth.addUser('admin'), await auth.addUser('admin')];
    const outcomes = await Promise.allSettled(
      admins.flatMap(({ id }, index) => [
        index % 2 ? disable(id) : setRole(id, 'viewer'),
        auth.call(deleteUser, { id }, { actor: admin }),
      ]),
    );
    expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    const [left] = await auth.query(
      `SELECT count(*)::int AS admins FROM user_account
       WHERE role = 'admin' AND disabled_at IS NULL AND deleted_at IS NULL`,
    );
    expect(left).toEqual({ admins: 1 });
  });

  it('are managed by administrators only, and absent ones are not found', async () => {
    const bob = await auth.addUser('viewer');
    for (const contract of [getUser, disableUser, enableUser, deleteUser, updateUser]) {
      expect(await refusal(auth.call(contract, { id: randomUUID() }, { actor: admin }))).toBe(
        'user_not_found',
      );
      for (const actor of [bob, actorOf('operator'), serviceActor])
        expect(await refusal(auth.call(contract, { id: bob.id }, { actor }))).toBe('forbidden');
      expect(await refusal(auth.call(contract, { id: bob.id }))).toBe('unauthenticated');
    }
    expect(await refusal(auth.call(listUsers, {}, { actor: bob }))).toBe('forbidden');
  });

  it('cannot raise themselves, nor have a narrow key of an administrator do it', async () => {
    const bob = await auth.addUser('operator');
    expect(await refusal(setRole(bob.id, 'admin', bob))).toBe('forbidden');
    const narrow: Actor = { ...admin, type: 'key', scopes: ['users:write', 'users:read'] };
    expect(await refusal(setRole(bob.id, 'admin', narrow))).toBe('role_too_high');
    expect(await refusal(setRole(bob.id, 'viewer', narrow))).toBe('role_too_high');
    const invite = { email: 'eve@example.org', role: 'admin' } as const;
    expect(await refusal(auth.call(authRequests.createInvitation, invite, { actor: narrow }))).toBe(
      'role_too_high',
    );
    await auth.call(disableUser, { id: bob.id }, { actor: admin });
    expect(await refusal(auth.call(enableUser, { id: bob.id }, { actor: narrow }))).toBe('role_too_high');
  });

  it('have names of one line, and change only their own', async () => {
    const bob = await auth.addUser('viewer');
    for (const name of ['', 'a\nb', 'x'.repeat(81)])
      await expect(auth.call(updateMe, { name }, { actor: bob })).rejects.toMatchObject({
        code: 'invalid_input',
      });
    const key = { ...bob, type: 'key' as const };
    expect(await refusal(auth.call(updateMe, { name: 'x' }, { actor: key }))).toBe('forbidden');
    expect(await refusal(auth.call(updateMe, { name: 'x' }, { actor: anonymous }))).toBe('unauthenticated');
    expect(await refusal(auth.call(updateMe, { name: 'x' }, { actor: actorOf('viewer') }))).toBe(
      'unauthenticated',
    );
  });
});

const serviceActor: Actor = { type: 'service', id: 'gateway', role: null };
