import { randomUUID } from 'node:crypto';
import { authRequests } from '@aether/contracts/auth';
import type { Actor } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { generate } from 'otplib';
import { EMAIL, PASSWORD, actorOf, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { beginSecondFactor, confirmSecondFactor, disableSecondFactor, getMe, replaceRecoveryCodes } =
  authRequests;
const { resetSecondFactor, refreshSession } = authRequests;
const STEP_MS = 30_000;

describe('the second factor', () => {
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
  // A test has the whole of a step, so that none ends while it runs.
  beforeEach(() => auth.clock.advance(STEP_MS - (auth.clock.now().getTime() % STEP_MS)));

  const codeNow = (secret: string) =>
    generate({ secret, epoch: Math.floor(auth.clock.now().getTime() / 1_000) });
  const signIn = (code?: string) =>
    auth.call(authRequests.signIn, { email: EMAIL, password: PASSWORD, ...(code && { code }) });
  /** Switched on, with a code to spare: the next time step has begun. */
  const switchOn = async () => {
    const { secret } = await auth.call(beginSecondFactor, {}, { actor: me });
    const { recoveryCodes } = await auth.call(
      confirmSecondFactor,
      { code: await codeNow(secret) },
      { actor: me },
    );
    auth.clock.advance(STEP_MS);
    return { secret, recoveryCodes };
  };

  it('is asked for once it was confirmed by a code, and not before', async () => {
    const { secret, uri } = await auth.call(beginSecondFactor, {}, { actor: me });
    expect(uri).toContain(`otpauth://totp/Aether:ada%40example.org?secret=${secret}`);
    await signIn();
    const wrong = { code: '000000' };
    expect(await refusal(auth.call(confirmSecondFactor, wrong, { actor: me }))).toBe('code_wrong');
    const confirmed = await auth.call(confirmSecondFactor, { code: await codeNow(secret) }, { actor: me });
    expect(new Set(confirmed.recoveryCodes).size).toBe(10);
    expect(await refusal(auth.call(beginSecondFactor, {}, { actor: me }))).toBe('second_factor_on');
    expect(await refusal(signIn())).toBe('second_factor_required');
    expect(await refusal(signIn('000000'))).toBe('second_factor_wrong');
    auth.clock.advance(STEP_MS);
    await expect(signIn(await codeNow(secret))).resolves.toMatchObject({ user: { secondFactor: true } });
    await expect(auth.call(getMe, {}, { actor: me })).resolves.toMatchObject({ secondFactor: true });
    await eventually(() =>
      expect(auth.events.map(({ subject }) => subject)).toContain('evt.auth.second-factor-enabled.v1'),
    );
  });

  it('takes a code once, however many send it at once to two instances, and none from before it', async () => {
    await auth.startAnother();
    const { secret } = await switchOn();
    const old = await codeNow(secret);
    auth.clock.advance(STEP_MS);
    const code = await codeNow(secret);
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => signIn(code)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const replayed of [code, old]) expect(await refusal(signIn(replayed))).toBe('second_factor_wrong');
  });

  it('takes a code of the step before or after, and no older one', async () => {
    const { secret } = await switchOn();
    const code = await codeNow(secret);
    auth.clock.advance(STEP_MS);
    await signIn(code);
    const late = await codeNow(secret);
    auth.clock.advance(3 * STEP_MS);
    expect(await refusal(signIn(late))).toBe('second_factor_wrong');
  });

  it('gives way to a recovery code, each of them once, however it is typed', async () => {
    const { recoveryCodes } = await switchOn();
    const [first = '', second = ''] = recoveryCodes;
    await signIn(first);
    expect(await refusal(signIn(first))).toBe('second_factor_wrong');
    await signIn(second.toUpperCase().replaceAll('-', ' '));
    await eventually(() =>
      expect(auth.events.map(({ payload }) => payload)).toContainEqual({ userId: me.id, left: 8 }),
    );
    const rows = await auth.query('SELECT r::text AS row FROM recovery_code r');
    expect(JSON.stringify([rows, auth.events])).not.toContain(recoveryCodes[5]);
  });

  it('slows down guessing, and a right password does not start the count again', async () => {
    await switchOn();
    for (let time = 0; time < 5; time += 1)
      expect(await refusal(signIn('000000'))).toBe('second_factor_wrong');
    await expect(signIn('000000')).rejects.toMatchObject({ code: 'sign_in_delayed', retryAfterS: 1 });
    const code = { code: '000000' };
    expect(await refusal(auth.call(disableSecondFactor, code, { actor: me }))).toBe('codes_delayed');
  });

  it('tells nobody who does not know the password that there is one', async () => {
    const { secret } = await switchOn();
    const wrong = { email: EMAIL, password: 'a wrong password', code: await codeNow(secret) };
    expect(await refusal(auth.call(authRequests.signIn, wrong))).toBe('sign_in_failed');
  });

  it('is switched off, and its codes are replaced, by a code only', async () => {
    const { secret, recoveryCodes } = await switchOn();
    const off = (code: string) => auth.call(disableSecondFactor, { code }, { actor: me });
    expect(await refusal(off('000000'))).toBe('code_wrong');
    const replaced = await auth.call(replaceRecoveryCodes, { code: await codeNow(secret) }, { actor: me });
    expect(await refusal(signIn(recoveryCodes[3]))).toBe('second_factor_wrong');
    await off(replaced.recoveryCodes[0] ?? '');
    await signIn();
    expect(await refusal(off('000000'))).toBe('second_factor_off');
    expect(await refusal(auth.call(confirmSecondFactor, { code: '000000' }, { actor: me }))).toBe(
      'second_factor_off',
    );
  });

  it('is taken from somebody who lost it by administrators only, which ends their sessions', async () => {
    const { recoveryCodes } = await switchOn();
    const { refreshToken } = await signIn(recoveryCodes[0]);
    const reset = (id: string, actor?: Actor) => auth.call(resetSecondFactor, { id }, actor && { actor });
    expect(await refusal(reset(me.id, actorOf('operator')))).toBe('forbidden');
    expect(await refusal(reset(me.id))).toBe('unauthenticated');
    expect(await refusal(reset(randomUUID(), me))).toBe('user_not_found');
    await expect(reset(me.id, me)).resolves.toMatchObject({ secondFactor: false });
    await expect(reset(me.id, me)).resolves.toMatchObject({ secondFactor: false });
    expect(await refusal(auth.call(refreshSession, { refreshToken }))).toBe('refresh_token_invalid');
    await signIn();
  });

  it('is the business of people: keys and strangers are refused', async () => {
    const key = { ...me, type: 'key' as const };
    expect(await refusal(auth.call(beginSecondFactor, {}, { actor: key }))).toBe('forbidden');
    expect(await refusal(auth.call(beginSecondFactor, {}))).toBe('unauthenticated');
    for (const contract of [confirmSecondFactor, disableSecondFactor, replaceRecoveryCodes]) {
      expect(await refusal(auth.call(contract, { code: '000000' }, { actor: key }))).toBe('forbidden');
      expect(await refusal(auth.call(contract, { code: '1' }, { actor: me }))).toBe('invalid_input');
    }
  });
});

describe('a second factor that everybody must have', () => {
  let auth: AuthUnderTest;
  beforeAll(async () => {
    auth = await startAuth({ REQUIRE_SECOND_FACTOR: 'true' });
  });
  afterAll(() => auth.stop());

  it('leaves a session without one nothing to do but to set it up', async () => {
    const me = actorOf('admin', await auth.setUp());
    const session = await auth.signIn();
    expect(decodeJwt(session.accessToken).scopes).toEqual(['account:read', 'account:write']);
    const limited: Actor = { ...me, scopes: ['account:read', 'account:write'] };
    await expect(auth.call(getMe, {}, { actor: limited })).resolves.toMatchObject({
      secondFactorMissing: true,
      permissions: ['account:read', 'account:write'],
    });
    const { secret } = await auth.call(beginSecondFactor, {}, { actor: limited });
    const code = await generate({ secret, epoch: Math.floor(auth.clock.now().getTime() / 1_000) });
    await auth.call(confirmSecondFactor, { code }, { actor: limited });
    const { refreshToken } = session;
    const renewed = await auth.call(refreshSession, { refreshToken });
    expect(decodeJwt(renewed.accessToken).scopes).toBeUndefined();
  });
});
