import { Permission, hasPermission, permissionsOf } from '@aether/contracts/permissions';
import { Role } from '@aether/contracts/schemas';
import { expect, test } from '@jest/globals';
import { canRestrict, canSee, requirePermission, requireServiceOr } from '../src/access.js';
import { serviceContext, type Actor, type Context } from '../src/context.js';
import { contextPairs, mayBeShown, readContext, toHeaders, visibilityPairs } from '../src/headers.js';

const as = (actor: Actor): Context => ({ ...serviceContext('test'), actor });
const user = (role: Role, id = 'ada'): Actor => ({ type: 'user', id, role });
const key = (role: Role, scopes?: Permission[]): Actor => ({
  type: 'key',
  id: 'key-1',
  role,
  ownerId: 'ada',
  ...(scopes && { scopes }),
});
const nobody: Actor = { type: 'anonymous', id: 'anonymous', role: null };
const service = serviceContext('deployer').actor;

test('a higher role has every permission of a lower one, and an administrator has all', () => {
  const [viewer, operator, admin] = Role.options.map((role) => permissionsOf(role));
  expect([...(viewer ?? [])].filter((one) => !operator?.has(one))).toEqual([]);
  expect([...(operator ?? [])].filter((one) => !admin?.has(one))).toEqual([]);
  expect(Permission.options.filter((one) => !admin?.has(one))).toEqual([]);
});

test('nobody below an administrator touches people, secrets, settings or the running of the system', () => {
  const kept = /^(users|secrets|settings|system|audit|webhooks):/;
  expect([...permissionsOf('operator')].filter((one) => kept.test(one))).toEqual([]);
  expect([...permissionsOf('viewer')].filter((one) => one.endsWith(':write'))).toEqual([
    'account:write',
    'notifications:write',
  ]);
});

test('scopes narrow a role and never widen it', () => {
  expect(hasPermission({ role: 'admin', scopes: ['chats:read'] }, 'chats:read')).toBe(true);
  expect(hasPermission({ role: 'admin', scopes: ['chats:read'] }, 'chats:write')).toBe(false);
  expect(hasPermission({ role: 'viewer', scopes: ['users:write'] }, 'users:write')).toBe(false);
  expect(hasPermission({ role: 'viewer', scopes: [] }, 'authenticated')).toBe(true);
  expect(hasPermission({ role: null }, 'authenticated')).toBe(false);
});

test('a refusal says which permission is missing, and whether the role or the scopes lack it', () => {
  expect(() => requirePermission(as(nobody), 'chats:read')).toThrow('not signed in');
  expect(() => requirePermission(as(user('viewer')), 'chats:write')).toThrow(/the role "viewer"/);
  expect(() => requirePermission(as(key('admin', ['chats:read'])), 'chats:write')).toThrow(/scopes/);
  expect(() => requirePermission(as(service), 'chats:read')).toThrow(/chats:read/);
  expect(requirePermission(as(user('viewer')), 'chats:read')).toBe('viewer');
  requireServiceOr(as(service), 'chats:write');
});

test('who asks arrives as it was sent, and scopes unknown to the reader allow nothing', () => {
  for (const actor of [
    user('operator'),
    { ...user('viewer'), sessionId: 's-1' },
    { ...user('viewer'), name: 'Zoë\r\nx-actor-role: admin %' },
    key('admin'),
    key('admin', []),
    key('admin', ['chats:read', 'usage:read']),
    service,
    nobody,
  ])
    expect(readContext(toHeaders(contextPairs(as(actor)))).actor).toEqual(actor);
  const pairs = { ...contextPairs(as(key('admin', []))), 'x-actor-scopes': 'everything chats:read' };
  expect(readContext(toHeaders(pairs)).actor.scopes).toEqual(['chats:read']);
  const unreadable = { ...contextPairs(as(user('viewer'))), 'x-actor-name': '%E0%A4%A' };
  expect(readContext(toHeaders(unreadable)).actor).toEqual(user('viewer'));
});

const mine = { createdBy: 'ada', visibility: 'private' } as const;

test.each<[string, Actor, boolean]>([
  ['its owner', user('viewer'), true],
  ['a key of its owner', key('viewer'), true],
  ['an administrator', user('admin', 'root'), true],
  ['a service', service, true],
  ['another operator', user('operator', 'bob'), false],
  ['a stranger who calls himself like the owner', { ...nobody, id: 'ada' }, false],
])('a private thing and its events are shown to %s: %3$s', (_who, actor, shown) => {
  expect(canSee(actor, mine)).toBe(shown);
  expect(canRestrict(actor, { ...mine, visibility: 'open' })).toBe(shown);
  expect(mayBeShown(visibilityPairs(mine), actor)).toBe(shown);
  expect(mayBeShown(visibilityPairs({ ...mine, visibility: 'open' }), actor)).toBe(true);
});
