import { randomUUID } from 'node:crypto';
import { authRequests } from '@aether/contracts/auth';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actorOf, anonymous, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { deleteSecret, listSecrets, replaceSecret, revealSecret, storeSecret } = authRequests;
const admin = actorOf('admin');
const deployer = { caller: 'deployer' } as const;

describe('secrets', () => {
  let auth: AuthUnderTest;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  const store = (value: string, name = 'provider key') =>
    auth.call(storeSecret, { name, value }, { actor: admin });
  const reveal = async (id: string) => (await auth.call(revealSecret, { id }, deployer)).value;

  it('are stored by reference and revealed to a service', async () => {
    const secret = await store('sk-live-\u{1f511}-1234');
    expect(Object.keys(secret).sort()).toEqual(['createdAt', 'id', 'name', 'updatedAt', 'usedBy']);
    await expect(reveal(secret.id)).resolves.toBe('sk-live-\u{1f511}-1234');
    await eventually(() =>
      expect(auth.events).toContainEqual(
        expect.objectContaining({ payload: { secretId: secret.id, name: 'provider key' } }),
      ),
    );
  });

  it('appear in no row, list, event or stored reply', async () => {
    const value = `very-${randomUUID()}`;
    await auth.call(storeSecret, { name: 'hidden', value }, { actor: admin, idempotencyKey: randomUUID() });
    const page = await auth.call(listSecrets, {}, { actor: admin });
    const rows = await auth.query(
      `SELECT s::text AS row FROM secret s UNION ALL SELECT i::text FROM idempotency i UNION ALL SELECT o::text FROM outbox o`,
    );
    const everything = JSON.stringify([page, rows, auth.events]);
    expect(everything).not.toContain(value);
    expect(everything).not.toContain(Buffer.from(value).toString('hex'));
  });

  it('are replaced under the same id', async () => {
    const secret = await store('old');
    const replaced = await auth.call(replaceSecret, { id: secret.id, value: 'new' }, { actor: admin });
    expect(replaced).toMatchObject({ id: secret.id, createdAt: secret.createdAt });
    await expect(reveal(secret.id)).resolves.toBe('new');
  });

  it('are stored once for a repeated request, and a repeat with another value is refused', async () => {
    const context = { actor: admin, idempotencyKey: randomUUID() };
    const request = (value: string) => auth.call(storeSecret, { name: 'repeated', value }, context);
    const [first, second] = await Promise.all([request('one'), request('one')]);
    expect(first).toEqual(second);
    expect(await refusal(request('two'))).toBe('idempotency_conflict');
  });

  it('tell who stored and revealed them, for what and when, and replacing them tells those', async () => {
    const stored = await auth.call(
      storeSecret,
      { name: 'token', value: 'one', purpose: 'gateway token' },
      deployer,
    );
    expect(stored.usedBy).toEqual([
      { service: 'deployer', purpose: 'gateway token', lastUsedAt: stored.createdAt },
    ]);
    const bridge = { ...deployer, actor: { type: 'service', id: 'openclaw-bridge', role: null } as const };
    const revealed = { id: stored.id, purpose: 'connection' };
    await auth.call(revealSecret, revealed, bridge);
    const uses = async () => {
      const { items } = await auth.call(listSecrets, {}, { actor: admin });
      return items.find(({ id }) => id === stored.id)?.usedBy ?? [];
    };
    const [first, ...others] = await uses();
    expect(first).toMatchObject({ service: 'openclaw-bridge', purpose: 'connection' });
    expect(others).toHaveLength(1);
    auth.clock.advance(4 * 60_000);
    await auth.call(revealSecret, revealed, bridge);
    expect((await uses())[0]).toEqual(first);
    auth.clock.advance(2 * 60_000);
    await auth.call(revealSecret, revealed, bridge);
    expect((await uses())[0]?.lastUsedAt).not.toBe(first?.lastUsedAt);

    await auth.call(replaceSecret, { id: stored.id, value: 'two' }, { actor: admin });
    await eventually(() =>
      expect(auth.events).toContainEqual(
        expect.objectContaining({
          subject: 'evt.auth.secret-replaced.v1',
          payload: {
            secretId: stored.id,
            name: 'token',
            usedBy: expect.arrayContaining(['deployer', 'openclaw-bridge']),
          },
        }),
      ),
    );
  });

  it('are listed page by page, however many uses each has', async () => {
    for (const name of ['one', 'two', 'three']) {
      const { id } = await store(name);
      for (const purpose of ['a', 'b']) await auth.call(revealSecret, { id, purpose }, deployer);
    }
    const page = await auth.call(listSecrets, { limit: 2 }, { actor: admin });
    expect(page.items.map(({ usedBy }) => usedBy.length)).toEqual([2, 2]);
    expect(page.nextCursor).not.toBeNull();
  });

  it('are gone when deleted', async () => {
    const { id } = await store('short-lived');
    await auth.call(deleteSecret, { id }, deployer);
    expect(await refusal(reveal(id))).toBe('secret_not_found');
    expect(await refusal(auth.call(deleteSecret, { id }, deployer))).toBe('secret_not_found');
    expect(await refusal(auth.call(replaceSecret, { id, value: 'x' }, { actor: admin }))).toBe(
      'secret_not_found',
    );
  });

  it('do not open when a row was changed or put in the place of another', async () => {
    const [mine, yours] = [await store('mine'), await store('yours')];
    await auth.query(
      `UPDATE secret SET ciphertext = set_byte(ciphertext, 14, get_byte(ciphertext, 14) # 1) WHERE id = $1`,
      [mine.id],
    );
    expect(await refusal(reveal(mine.id))).toBe('internal');
    await auth.query(
      `UPDATE secret SET (wrapped_key, ciphertext) = (SELECT wrapped_key, ciphertext FROM secret WHERE id = $2) WHERE id = $1`,
      [mine.id, yours.id],
    );
    expect(await refusal(reveal(mine.id))).toBe('internal');
    await expect(reveal(yours.id)).resolves.toBe('yours');
  });

  it('are revealed to no person, whatever their role', async () => {
    const { id } = await store('for services');
    for (const actor of [anonymous, actorOf('viewer'), admin])
      expect(await refusal(auth.call(revealSecret, { id }, { ...deployer, actor }))).toBe('forbidden');
    expect(await refusal(auth.call(revealSecret, { id }, { caller: 'gateway' }))).toBe('unavailable');
  });

  it('are managed by administrators and services only', async () => {
    const { id } = await store('managed');
    for (const actor of [actorOf('viewer'), actorOf('operator')]) {
      expect(await refusal(auth.call(storeSecret, { name: 'x', value: 'y' }, { actor }))).toBe('forbidden');
      expect(await refusal(auth.call(listSecrets, {}, { actor }))).toBe('forbidden');
      expect(await refusal(auth.call(deleteSecret, { id }, { actor }))).toBe('forbidden');
      expect(await refusal(auth.call(replaceSecret, { id, value: 'y' }, { actor }))).toBe('forbidden');
    }
    expect(await refusal(auth.call(storeSecret, { name: 'x', value: 'y' }))).toBe('unauthenticated');
  });

  it('are refused when empty, too long, or without a name', async () => {
    for (const input of [
      { name: 'x', value: '' },
      { name: 'x', value: 'x'.repeat(16_385) },
      { name: ' ', value: 'x' },
    ])
      expect(await refusal(auth.call(storeSecret, input, { actor: admin }))).toBe('invalid_input');
  });
});
