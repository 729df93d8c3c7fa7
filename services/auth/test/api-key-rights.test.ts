import { authRequests } from '@aether/contracts/auth';
import type { CallInputOf } from '@aether/contracts/contract';
import type { Actor } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { createApiKey, listApiKeys, revokeApiKey, rotateApiKey, updateUser, verifyApiKey } = authRequests;
const MINUTE_MS = 60_000;

describe('the rights of API keys', () => {
  let auth: AuthUnderTest;
  let admin: Actor;
  let operator: Actor;
  beforeAll(async () => {
    auth = await startAuth();
    admin = await auth.addUser('admin');
    operator = await auth.addUser('operator');
  });
  afterAll(() => auth.stop());

  type Fields = Partial<CallInputOf<typeof createApiKey>>;
  const create = (fields: Fields = {}, actor: Actor = operator) =>
    auth.call(createApiKey, { name: 'ci', role: 'operator', ...fields }, { actor });
  const verify = (key: string) => auth.call(verifyApiKey, { key });
  const inMinutes = (minutes: number) =>
    new Date(auth.clock.now().getTime() + minutes * MINUTE_MS).toISOString();
  /** The actor that the edge makes of a key. */
  const holderOf = async (key: string): Promise<Actor> => {
    const { id, role, scopes, ownerId } = await verify(key);
    return { type: 'key', id, role, ownerId, ...(scopes && { scopes }) };
  };

  it('end at the scopes given, which must lie within the role', async () => {
    const { apiKey, key } = await create({ scopes: ['chats:read', 'chats:read', 'api-keys:write'] });
    expect(apiKey.scopes).toEqual(['chats:read', 'api-keys:write']);
    await expect(verify(key)).resolves.toMatchObject({ scopes: ['chats:read', 'api-keys:write'] });
    await expect(create({ role: 'viewer', scopes: ['chats:read', 'chats:write'] })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'scopes.1' }],
    });
    expect(await refusal(create({ scopes: ['everything' as 'chats:read'] }))).toBe('invalid_input');
  });

  it('are not widened by making another key', async () => {
    const narrow = await holderOf((await create({ scopes: ['chats:read', 'api-keys:write'] })).key);
    const child = await create({}, narrow);
    expect(child.apiKey).toMatchObject({ scopes: ['chats:read', 'api-keys:write'], ownerId: operator.id });
    expect(await refusal(create({ scopes: ['chats:write'] }, narrow))).toBe('role_too_high');
    const without = await holderOf((await create({ scopes: ['chats:read'] })).key);
    expect(await refusal(create({}, without))).toBe('forbidden');
  });

  it('do not outlive the key they were made with', async () => {
    const parent = await create({ expiresAt: inMinutes(10) });
    const holder = await holderOf(parent.key);
    expect((await create({}, holder)).apiKey.expiresAt).toBe(parent.apiKey.expiresAt);
    await expect(create({ expiresAt: inMinutes(20) }, holder)).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'expiresAt' }],
    });
    const child = await create({ expiresAt: inMinutes(5) }, holder);
    const grandchild = await create({}, await holderOf(child.key));
    expect(grandchild.apiKey).toMatchObject({ expiresAt: child.apiKey.expiresAt, ownerId: operator.id });

    await auth.call(revokeApiKey, { id: parent.apiKey.id }, { actor: operator });
    for (const { key } of [parent, child, grandchild])
      expect(await refusal(verify(key))).toBe('api_key_invalid');
    expect(await refusal(create({}, holder))).toBe('unauthenticated');
  });

  it('sink with the role of their owner', async () => {
    const carol = await auth.addUser('operator');
    const { key } = await create({}, carol);
    await auth.call(updateUser, { id: carol.id, role: 'viewer' }, { actor: admin });
    await expect(verify(key)).resolves.toMatchObject({ role: 'viewer' });
  });

  it('pass to a new key at rotation, and the old one goes on for the overlap only', async () => {
    const old = await create({ scopes: ['chats:read'], expiresAt: inMinutes(60) });
    auth.clock.advance(30 * MINUTE_MS);
    const input = { id: old.apiKey.id, overlapS: 600 };
    const next = await auth.call(rotateApiKey, input, { actor: operator });
    expect(next.apiKey).toMatchObject({
      name: 'ci',
      role: 'operator',
      scopes: ['chats:read'],
      replacedBy: null,
    });
    const lifeMs = Date.parse(next.apiKey.expiresAt ?? '') - Date.parse(next.apiKey.createdAt);
    expect(Math.round(lifeMs / MINUTE_MS)).toBe(60);
    expect(await refusal(auth.call(rotateApiKey, input, { actor: operator }))).toBe('api_key_ended');
    await verify(old.key);
    await verify(next.key);
    auth.clock.advance(10 * MINUTE_MS + 1);
    expect(await refusal(verify(old.key))).toBe('api_key_invalid');
    await verify(next.key);
    await eventually(() =>
      expect(auth.events.map(({ payload }) => payload)).toContainEqual(
        expect.objectContaining({ apiKeyId: old.apiKey.id, replacedBy: next.apiKey.id }),
      ),
    );
  });

  it('pass to one new key only, however many ask at once; revoking it ends the old one too', async () => {
    const old = await create();
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => auth.call(rotateApiKey, { id: old.apiKey.id }, { actor: operator })),
    );
    const [made, ...others] = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    expect(others).toEqual([]);
    await auth.call(revokeApiKey, { id: made?.apiKey.id ?? '' }, { actor: operator });
    expect(await refusal(verify(old.key))).toBe('api_key_invalid');
  });

  it('are not gained by rotating the key of somebody else, or a wider one', async () => {
    const { apiKey } = await create();
    const other = await auth.addUser('operator');
    const rotate = (actor: Actor) => refusal(auth.call(rotateApiKey, { id: apiKey.id }, { actor }));
    expect(await rotate(other)).toBe('api_key_not_found');
    const narrow = await holderOf((await create({ scopes: ['api-keys:write'] })).key);
    expect(await rotate(narrow)).toBe('forbidden');
    expect(await rotate({ ...other, role: 'viewer' })).toBe('forbidden');
    expect(await refusal(auth.call(rotateApiKey, { id: apiKey.id }))).toBe('unauthenticated');
  });

  it('are seen to be used, without a write for each use', async () => {
    const { apiKey, key } = await create();
    const usedAt = async () => {
      const { items } = await auth.call(listApiKeys, {}, { actor: operator });
      return items.find(({ id }) => id === apiKey.id)?.lastUsedAt;
    };
    expect(await usedAt()).toBeNull();
    await verify(key);
    const first = await usedAt();
    expect(first).toEqual(expect.any(String));
    auth.clock.advance(4 * MINUTE_MS);
    await verify(key);
    expect(await usedAt()).toBe(first);
    auth.clock.advance(2 * MINUTE_MS);
    await verify(key);
    expect(await usedAt()).not.toBe(first);
  });
});
