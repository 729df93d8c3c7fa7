import { randomUUID } from 'node:crypto';
import { authRequests } from '@aether/contracts/auth';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EMAIL, PASSWORD, actorOf, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { completeSetup, createSetupToken, getSetupState } = authRequests;

describe('set-up', () => {
  let auth: AuthUnderTest;
  beforeAll(async () => {
    auth = await startAuth();
  });
  beforeEach(async () => {
    await auth.empty();
  });
  afterAll(() => auth.stop());

  const newToken = async () => (await auth.call(createSetupToken, {}, { caller: 'operator' })).token;
  const complete = (token: string, email = EMAIL) =>
    auth.call(completeSetup, { token, email, password: PASSWORD });

  it('makes the first administrator once, and tells it as an event', async () => {
    await expect(auth.call(getSetupState, {})).resolves.toEqual({ setUp: false });
    const token = await newToken();
    const user = await complete(token, 'Ada@Example.org');
    expect(user).toMatchObject({ email: 'ada@example.org', name: 'ada', role: 'admin' });
    await expect(auth.call(getSetupState, {})).resolves.toEqual({ setUp: true });
    expect(await refusal(complete(token))).toBe('already_set_up');
    expect(await refusal(newToken())).toBe('already_set_up');
    await eventually(() =>
      expect(auth.events.at(-1)).toMatchObject({ subject: 'evt.auth.user-created.v1', payload: { user } }),
    );
  });

  it('keeps no token that could be read from the database', async () => {
    const token = await newToken();
    const [row] = await auth.query('SELECT * FROM setup_token');
    expect((row?.token_hash as Buffer).length).toBe(32);
    expect(JSON.stringify(row)).not.toContain(token);
    expect((row?.token_hash as Buffer).toString()).not.toContain(token);
  });

  it('refuses a token that was replaced, expired or never issued', async () => {
    const first = await newToken();
    const second = await newToken();
    expect(await refusal(complete(first))).toBe('setup_token_invalid');
    expect(await refusal(complete('x'.repeat(43)))).toBe('setup_token_invalid');
    auth.clock.advance(24 * 3_600_000);
    expect(await refusal(complete(second))).toBe('setup_token_invalid');
    await complete(await newToken());
  });

  it('makes one administrator when two people complete it at once on two instances', async () => {
    await auth.startAnother();
    const token = await newToken();
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, (_, index) => complete(token, `person${index}@example.org`)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'already_set_up' });
    await expect(auth.query('SELECT count(*)::int AS users FROM user_account')).resolves.toEqual([
      { users: 1 },
    ]);
  });

  it('answers a repeated request with the same account', async () => {
    const token = await newToken();
    const idempotencyKey = randomUUID();
    const repeat = () =>
      auth.call(completeSetup, { token, email: EMAIL, password: PASSWORD }, { idempotencyKey });
    expect(await repeat()).toEqual(await repeat());
  });

  it('refuses a weak password and a broken address before anything is asked', async () => {
    const token = await newToken();
    const call = auth.call(completeSetup, { token, email: 'ada', password: 'short' });
    await expect(call).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'email' }, { path: 'password' }],
    });
  });

  it('gives no set-up token to anybody but the operator of the machine', async () => {
    expect(
      await refusal(auth.call(createSetupToken, {}, { caller: 'deployer', actor: actorOf('admin') })),
    ).toBe('unavailable');
  });
});
