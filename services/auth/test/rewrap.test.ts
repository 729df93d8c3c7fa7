import { randomBytes } from 'node:crypto';
import { authRequests } from '@aether/contracts/auth';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generate } from 'otplib';
import { EMAIL, PASSWORD, actorOf, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { getVaultState, revealSecret, rewrapVault, storeSecret } = authRequests;
const deployer = { caller: 'deployer' } as const;

describe('a new master key', () => {
  let auth: AuthUnderTest;
  let admin: ReturnType<typeof actorOf>;
  beforeAll(async () => {
    auth = await startAuth();
    admin = actorOf('admin', await auth.setUp());
  });
  afterAll(() => auth.stop());

  const state = () => auth.call(getVaultState, {}, { actor: admin });
  const rewrap = () => auth.call(rewrapVault, {}, { actor: admin });
  const reveal = async (id: string) => (await auth.call(revealSecret, { id }, deployer)).value;

  it('takes over everything that the old one sealed, in steps, with both at work meanwhile', async () => {
    const { secret } = await auth.call(authRequests.beginSecondFactor, {}, { actor: admin });
    const codeNow = () => generate({ secret, epoch: Math.floor(auth.clock.now().getTime() / 1_000) });
    await auth.call(authRequests.confirmSecondFactor, { code: await codeNow() }, { actor: admin });
    auth.clock.advance(30_000);
    const values = Array.from({ length: 120 }, (_, index) => `value ${index}`);
    const ids: string[] = [];
    for (const value of values) ids.push((await auth.call(storeSecret, { name: 'key', value }, deployer)).id);
    // Of before there could be two master keys.
    await auth.query(`UPDATE secret SET master_key_id = NULL WHERE id = $1`, [ids[0]]);
    expect(await state()).toMatchObject({ previousMasterKeyId: null, left: 1 });

    const { MASTER_KEY: old = '' } = auth.environment;
    const both = { MASTER_KEY: randomBytes(32).toString('base64'), MASTER_KEY_PREVIOUS: old };
    const alone = { MASTER_KEY: both.MASTER_KEY };
    await expect(auth.startAnother(alone)).rejects.toThrow(/MASTER_KEY_PREVIOUS/);
    await auth.restart(both);
    const before = await state();
    expect(before.left).toBe(ids.length + 3);
    expect(before.previousMasterKeyId).not.toBe(before.masterKeyId);
    expect(await reveal(ids[5] ?? '')).toBe('value 5');

    const done = await Promise.all([rewrap(), rewrap()]);
    expect(done.reduce((sum, { rewrapped }) => sum + rewrapped, 0)).toBe(before.left);
    expect(await rewrap()).toMatchObject({ left: 0, rewrapped: 0 });

    await auth.restart(alone);
    for (const [index, id] of ids.entries()) expect(await reveal(id)).toBe(values[index]);
    const session = await auth.call(authRequests.signIn, {
      email: EMAIL,
      password: PASSWORD,
      code: await codeNow(),
    });
    expect(session.user.id).toBe(admin.id);
  });

  it('is the business of administrators', async () => {
    for (const contract of [getVaultState, rewrapVault]) {
      expect(await refusal(auth.call(contract, {}, { actor: actorOf('operator') }))).toBe('forbidden');
      expect(await refusal(auth.call(contract, {}))).toBe('unauthenticated');
    }
  });
});
