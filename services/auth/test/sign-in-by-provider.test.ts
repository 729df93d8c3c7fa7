import { authRequests } from '@aether/contracts/auth';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startIdentityProvider, type IdentityProviderUnderTest } from '@aether/testing/identity-provider';
import { EMAIL, PASSWORD, actorOf, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { beginProviderSignIn, listIdentityProviders, signInByProvider } = authRequests;

describe('sign-in by an identity provider', () => {
  let auth: AuthUnderTest;
  let idp: IdentityProviderUnderTest;
  let adminId: string;
  beforeAll(async () => {
    idp = await startIdentityProvider();
    auth = await startAuth(idp.environment);
  });
  beforeEach(async () => {
    await auth.empty();
    idp.people.clear();
    adminId = await auth.setUp();
  });
  afterAll(async () => {
    await auth.stop();
    await idp.stop();
  });

  const begin = () => auth.call(beginProviderSignIn, { provider: 'oidc' });
  const finish = (answer: string, binding: string, setupToken?: string) =>
    auth.call(signInByProvider, { answer, binding, ...(setupToken && { setupToken }) });
  const signInAs = async (subject: string, setupToken?: string) => {
    const { url, binding } = await begin();
    return finish(await idp.visit(url, subject), binding, setupToken);
  };
  const invite = (email: string, role: 'viewer' | 'operator' | 'admin') =>
    auth.call(authRequests.createInvitation, { email, role }, { actor: actorOf('admin') });
  const accounts = () => auth.query('SELECT email, role FROM user_account ORDER BY id');

  it('names the providers, and asks them with PKCE, state and nonce', async () => {
    expect(await auth.call(listIdentityProviders, {})).toEqual({ items: [{ id: 'oidc', name: 'Example' }] });
    const asked = new URL((await begin()).url).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('state')).toMatch(/^.{32,}$/);
    expect(asked.get('nonce')).toMatch(/^.{32,}$/);
    expect(await refusal(auth.call(beginProviderSignIn, { provider: 'other' }))).toBe('provider_not_found');
  });

  it('signs an existing person in by their verified address, and by the identity from then on', async () => {
    idp.people.set('ada', { email: 'Ada@Example.org', email_verified: true, name: 'Ada' });
    const session = await signInAs('ada');
    expect(session.user).toMatchObject({ id: adminId, email: EMAIL, role: 'admin' });
    const sessions = await auth.query('SELECT method FROM session');
    expect(sessions).toEqual([{ method: 'identity-provider' }]);
    idp.people.set('ada', { email: 'renamed@example.org', email_verified: false });
    expect((await signInAs('ada')).user.id).toBe(adminId);
    await eventually(() =>
      expect(auth.events).toContainEqual(
        expect.objectContaining({
          subject: 'evt.auth.identity-linked.v1',
          payload: { userId: adminId, provider: 'oidc' },
        }),
      ),
    );
  });

  it('makes the account of an invitation, with the role of the invitation', async () => {
    await invite('grace@example.org', 'operator');
    idp.people.set('grace', { email: 'grace@example.org', email_verified: true, name: 'Grace Hopper' });
    const { user } = await signInAs('grace');
    expect(user).toMatchObject({ email: 'grace@example.org', name: 'Grace Hopper', role: 'operator' });
    const [invitation] = await auth.query('SELECT accepted_at FROM invitation');
    expect(invitation?.accepted_at).not.toBeNull();
  });

  it('keeps out who is neither known nor invited, and whose address nobody vouches for', async () => {
    idp.people.set('stranger', { email: 'stranger@example.org', email_verified: true });
    expect(await refusal(signInAs('stranger'))).toBe('identity_unknown');
    idp.people.set('stranger', { email: EMAIL, email_verified: false });
    expect(await refusal(signInAs('stranger'))).toBe('email_not_verified');
    idp.people.set('stranger', { email: EMAIL });
    expect(await refusal(signInAs('stranger'))).toBe('email_not_verified');
    idp.people.set('stranger', { email: 'x@evil.members.example', email_verified: true });
    expect(await refusal(signInAs('stranger'))).toBe('identity_unknown');
    expect(await accounts()).toEqual([{ email: EMAIL, role: 'admin' }]);
  });

  it('gives a role by its own rules only, whatever roles and groups are claimed', async () => {
    const claimed = { role: 'admin', roles: ['admin'], groups: ['administrators'], name: 'Eve' };
    idp.people.set('eve', { email: 'eve@members.example', email_verified: true, ...claimed });
    expect((await signInAs('eve')).user.role).toBe('viewer');
    expect((await signInAs('eve')).user.role).toBe('viewer');
  });

  it('makes nobody the first account: set-up stays with who holds its link', async () => {
    await auth.empty();
    idp.people.set('eve', { email: 'eve@members.example', email_verified: true });
    expect(await refusal(signInAs('eve'))).toBe('identity_unknown');
    expect(await refusal(signInAs('eve', 'x'.repeat(43)))).toBe('setup_token_invalid');
    expect(await accounts()).toEqual([]);
    await auth.setUp();
  });

  it('makes who holds the set-up link the first administrator, and nobody after them', async () => {
    await auth.empty();
    const { token } = await auth.call(authRequests.createSetupToken, {}, { caller: 'operator' });
    idp.people.set('ada', { email: 'ada@else.example', email_verified: true, name: 'Ada' });
    idp.people.set('eve', { email: 'eve@members.example', email_verified: true });
    expect((await signInAs('ada', token)).user).toMatchObject({ name: 'Ada', role: 'admin' });
    expect((await signInAs('ada', token)).user.role).toBe('admin');
    expect((await signInAs('eve', token)).user.role).toBe('viewer');
    const setUp = { token, email: 'late@example.org', password: PASSWORD };
    expect(await refusal(auth.call(authRequests.completeSetup, setUp))).toBe('already_set_up');
  });

  it('makes one first administrator of several who come with the link at once', async () => {
    await auth.empty();
    const { token } = await auth.call(authRequests.createSetupToken, {}, { caller: 'operator' });
    const names = ['one', 'two', 'three'];
    for (const name of names) idp.people.set(name, { email: `${name}@example.org`, email_verified: true });
    const results = await Promise.allSettled(names.map((name) => signInAs(name, token)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await accounts()).toEqual([{ email: expect.any(String), role: 'admin' }]);
  });

  it('keeps disabled people out, linked or not', async () => {
    const { id, email } = await auth.addUser('operator');
    const disable = () => auth.call(authRequests.disableUser, { id }, { actor: actorOf('admin') });
    idp.people.set('op', { email, email_verified: true });
    await disable();
    expect(await refusal(signInAs('op'))).toBe('account_disabled');
    await auth.call(authRequests.enableUser, { id }, { actor: actorOf('admin') });
    await signInAs('op');
    await disable();
    expect(await refusal(signInAs('op'))).toBe('account_disabled');
  });

  it('does not hand an account on to who was given its address at the provider', async () => {
    idp.people.set('ada', { email: EMAIL, email_verified: true });
    await signInAs('ada');
    idp.people.set('successor', { email: EMAIL, email_verified: true });
    expect(await refusal(signInAs('successor'))).toBe('identity_conflict');
  });

  it('forgets the identity of a deleted person', async () => {
    const { id, email } = await auth.addUser('operator');
    idp.people.set('op', { email, email_verified: true });
    await signInAs('op');
    await auth.call(authRequests.deleteUser, { id }, { actor: actorOf('admin') });
    expect(await refusal(signInAs('op'))).toBe('identity_unknown');
  });

  it('takes an answer once, in the browser that asked, within ten minutes, unchanged', async () => {
    idp.people.set('ada', { email: EMAIL, email_verified: true });
    const first = await begin();
    const answer = await idp.visit(first.url, 'ada');
    await finish(answer, first.binding);
    expect(await refusal(finish(answer, first.binding))).toBe('provider_sign_in_invalid');

    const [mine, theirs] = [await begin(), await begin()];
    const stolen = await idp.visit(theirs.url, 'ada');
    expect(await refusal(finish(stolen, mine.binding))).toBe('provider_sign_in_invalid');
    expect(await refusal(finish(stolen, theirs.binding))).toBe('provider_sign_in_invalid');

    const late = await begin();
    const lateAnswer = await idp.visit(late.url, 'ada');
    auth.clock.advance(601_000);
    expect(await refusal(finish(lateAnswer, late.binding))).toBe('provider_sign_in_invalid');
    expect(await refusal(finish('?code=abc&state=guessed', late.binding))).toBe('provider_sign_in_invalid');
  });

  it('refuses a code of another sign-in, and a denial', async () => {
    idp.people.set('ada', { email: EMAIL, email_verified: true });
    const [one, other] = [await begin(), await begin()];
    const codeOf = new URLSearchParams(await idp.visit(other.url, 'ada')).get('code') ?? '';
    const swapped = new URLSearchParams(await idp.visit(one.url, 'ada'));
    swapped.set('code', codeOf);
    expect(await refusal(finish(`?${swapped.toString()}`, one.binding))).toBe('provider_refused');
    const denied = await begin();
    const denial = await idp.visit(denied.url, '');
    expect(denial).toContain('error=access_denied');
    expect(await refusal(finish(denial, denied.binding))).toBe('provider_refused');
  });

  it('asks for no code of its own, and opens no way in by password', async () => {
    await auth.restart({ REQUIRE_SECOND_FACTOR: 'true' });
    await invite('grace@example.org', 'viewer');
    idp.people.set('grace', { email: 'grace@example.org', email_verified: true });
    const { accessToken } = await signInAs('grace');
    const claims: unknown = JSON.parse(
      Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8'),
    );
    expect(claims).not.toHaveProperty('scopes');
    const byPassword = auth.call(authRequests.signIn, { email: 'grace@example.org', password: PASSWORD });
    expect(await refusal(byPassword)).toBe('sign_in_failed');
  });

  it('says so while the provider cannot be reached', async () => {
    await auth.restart({ OIDC_ISSUER: 'http://127.0.0.1:9' });
    expect(await refusal(begin())).toBe('provider_unreachable');
    await auth.restart();
  });
});
