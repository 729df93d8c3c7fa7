import { randomUUID } from 'node:crypto';
import { authRequests } from '@aether/contracts/auth';
import type { Actor } from '@aether/messaging/context';
import { eventually } from '@aether/testing/eventually';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actorOf, anonymous, refusal, startAuth, type AuthUnderTest } from './start-auth.js';

const { createApiKey, getMe, listApiKeys, revokeApiKey, verifyApiKey } = authRequests;

describe('API keys', () => {
  let auth: AuthUnderTest;
  let admin: Actor;
  beforeAll(async () => {
    auth = await startAuth();
    admin = await auth.addUser('admin');
  });
  afterAll(() => auth.stop());

  const create = (
    fields: { role?: 'viewer' | 'operator' | 'admin'; expiresAt?: string } = {},
    actor: Actor = admin,
  ) => auth.call(createApiKey, { name: 'ci', role: 'viewer', ...fields }, { actor });
  const verify = (key: string) => auth.call(verifyApiKey, { key });

  it('are shown once, and prove who holds them', async () => {
    const { apiKey, key } = await create();
    expect(key).toMatch(/^aek_[0-9a-f]{12}_[\w-]{43}$/);
    expect(key.startsWith(`${apiKey.prefix}_`)).toBe(true);
    expect(apiKey).toMatchObject({
      role: 'viewer',
      scopes: null,
      createdBy: admin.id,
      ownerId: admin.id,
      expiresAt: null,
      revokedAt: null,
      lastUsedAt: null,
    });
    await expect(verify(key)).resolves.toEqual({
      id: apiKey.id,
      name: 'ci',
      role: 'viewer',
      scopes: null,
      ownerId: admin.id,
      expiresAt: null,
    });
    await eventually(() => {
      const told = auth.events.find(({ payload }) => JSON.stringify(payload).includes(apiKey.id));
      expect(told).toMatchObject({ subject: 'evt.auth.api-key-created.v1', payload: { apiKey } });
      expect(JSON.stringify(told)).not.toContain(key.split('_').at(-1));
    });
    const rows = await auth.query('SELECT api_key::text AS row FROM api_key');
    expect(JSON.stringify(rows)).not.toContain(key.slice(-43));
  });

  it('are refused when a character is wrong, the secret is missing, or it is no key', async () => {
    const { key } = await create();
    const wrong = key.slice(0, -1) + (key.endsWith('A') ? 'B' : 'A');
    for (const presented of [
      wrong,
      key.slice(0, 20),
      `${key}x`,
      'aek_000000000000_' + 'A'.repeat(43),
      'x'.repeat(80),
    ])
      expect(await refusal(verify(presented))).toBe('api_key_invalid');
  });

  it('are refused from the moment they expire or are revoked', async () => {
    const expiring = await create({ expiresAt: new Date(auth.clock.now().getTime() + 60_000).toISOString() });
    await verify(expiring.key);
    auth.clock.advance(60_001);
    expect(await refusal(verify(expiring.key))).toBe('api_key_invalid');

    const { apiKey, key } = await create();
    const revoked = await auth.call(revokeApiKey, { id: apiKey.id }, { actor: admin });
    expect(revoked.revokedAt).not.toBeNull();
    expect(await refusal(verify(key))).toBe('api_key_invalid');
    await expect(auth.call(revokeApiKey, { id: apiKey.id }, { actor: admin })).resolves.toEqual(revoked);
    await eventually(() =>
      expect(auth.events.filter(({ subject }) => subject === 'evt.auth.api-key-revoked.v1')).toMatchObject([
        { payload: { apiKeyId: apiKey.id } },
      ]),
    );
  });

  it('are not given away twice for one request, nor made twice', async () => {
    const idempotencyKey = randomUUID();
    const request = (name: string) =>
      auth.call(createApiKey, { name, role: 'viewer' }, { actor: admin, idempotencyKey });
    const codes = await Promise.all(
      [1, 2, 3].map(() =>
        request('once').then(
          () => 'made',
          (error: { code: string }) => error.code,
        ),
      ),
    );
    expect(codes.sort()).toEqual(['api_key_already_shown', 'api_key_already_shown', 'made']);
    expect(await refusal(request('other'))).toBe('idempotency_conflict');
    await expect(
      auth.query(`SELECT count(*)::int AS keys FROM api_key WHERE name = 'once'`),
    ).resolves.toEqual([{ keys: 1 }]);
  });

  it('never have more rights than their maker', async () => {
    const operator = await auth.addUser('operator');
    expect(await refusal(create({ role: 'admin' }, operator))).toBe('role_too_high');
    await create({ role: 'operator' }, operator);
    expect(await refusal(create({}, actorOf('viewer')))).toBe('forbidden');
    expect(await refusal(create({}, anonymous))).toBe('unauthenticated');
    expect(await refusal(create({}, { type: 'service', id: 'deployer', role: null }))).toBe('forbidden');
  });

  it('are refused an end in the past', async () => {
    await expect(create({ expiresAt: '2020-01-01T00:00:00Z' })).rejects.toMatchObject({
      code: 'invalid_input',
      issues: [{ path: 'expiresAt' }],
    });
  });

  it('are listed and revoked by their owners and administrators only, page by page', async () => {
    for (let made = 0; made < 3; made += 1) await create();
    const first = await auth.call(listApiKeys, { limit: 2 }, { actor: admin });
    expect(first.items).toHaveLength(2);
    const next = await auth.call(listApiKeys, { limit: 2, cursor: first.nextCursor ?? '' }, { actor: admin });
    expect(next.items[0]?.id).not.toBe(first.items[1]?.id);
    expect(await refusal(auth.call(listApiKeys, { cursor: 'nonsense' }, { actor: admin }))).toBe(
      'invalid_input',
    );
    const viewer = actorOf('viewer');
    expect(await refusal(auth.call(listApiKeys, {}, { actor: viewer }))).toBe('forbidden');
    expect(await refusal(auth.call(revokeApiKey, { id: randomUUID() }, { actor: viewer }))).toBe('forbidden');
    const owner = await auth.addUser('operator');
    const { apiKey } = await create({}, owner);
    await expect(auth.call(listApiKeys, {}, { actor: owner })).resolves.toMatchObject({ items: [apiKey] });
    const other = actorOf('operator');
    await expect(auth.call(listApiKeys, {}, { actor: other })).resolves.toMatchObject({ items: [] });
    expect(await refusal(auth.call(revokeApiKey, { id: apiKey.id }, { actor: other }))).toBe(
      'api_key_not_found',
    );
    await auth.call(revokeApiKey, { id: apiKey.id }, { actor: owner });
    expect(await refusal(auth.call(revokeApiKey, { id: randomUUID() }, { actor: admin }))).toBe(
      'api_key_not_found',
    );
  });

  it('tell their holder who they are', async () => {
    const { apiKey } = await create({ role: 'operator' });
    const actor: Actor = { type: 'key', id: apiKey.id, role: 'operator' };
    await expect(auth.call(getMe, {}, { actor })).resolves.toEqual({
      type: 'key',
      id: apiKey.id,
      name: 'ci',
      role: 'operator',
      email: null,
      secondFactor: false,
      secondFactorMissing: false,
      permissions: expect.arrayContaining(['chats:write']),
    });
    await expect(
      auth.call(getMe, {}, { actor: { ...actor, scopes: ['chats:read', 'users:write'] } }),
    ).resolves.toMatchObject({ permissions: ['chats:read'] });
    await expect(auth.call(getMe, {}, { actor: admin })).resolves.toMatchObject({
      type: 'user',
      id: admin.id,
      email: expect.stringContaining('@example.org'),
    });
    for (const nobody of [anonymous, actorOf('admin')])
      expect(await refusal(auth.call(getMe, {}, { actor: nobody }))).toBe('unauthenticated');
  });
});
