import { expect, test } from '@jest/globals';
import { AuthConfig } from '../src/config.js';

const needed = {
  NATS_URL: 'nats://127.0.0.1:4222',
  NATS_PASSWORD: 'x',
  DATABASE_URL: 'postgres://127.0.0.1/auth',
  MASTER_KEY: Buffer.alloc(32).toString('base64'),
};
const publicUrl = { PUBLIC_URL: 'https://aether.example' };
const google = { OIDC_GOOGLE_CLIENT_ID: 'g', OIDC_GOOGLE_CLIENT_SECRET: 'gs' };
const own = { OIDC_ISSUER: 'https://id.example', OIDC_CLIENT_ID: 'o', OIDC_CLIENT_SECRET: 'os' };

test('Google needs no more than what it gave, alone or beside another provider', () => {
  const alone = AuthConfig.parse({ ...needed, ...publicUrl, ...google });
  expect(alone.identityProviders).toMatchObject([
    {
      ...{ id: 'google', name: 'Google', clientId: 'g', clientSecret: 'gs' },
      issuer: new URL('https://accounts.google.com'),
      redirectUri: 'https://aether.example/sign-in/callback/',
    },
  ]);
  const both = AuthConfig.parse({ ...needed, ...publicUrl, ...google, ...own, OIDC_NAME: 'Example' });
  expect(both.identityProviders.map(({ id, name }) => [id, name])).toEqual([
    ['google', 'Google'],
    ['oidc', 'Example'],
  ]);
});

test.each([
  ['Google without its secret', { ...publicUrl, OIDC_GOOGLE_CLIENT_ID: 'g' }, 'OIDC_GOOGLE_CLIENT_ID'],
  ['a provider without its secret', { ...publicUrl, ...own, OIDC_CLIENT_SECRET: undefined }, 'OIDC_ISSUER'],
  ['a provider without an address to come back to', own, 'OIDC_ISSUER'],
])('%s is refused by its setting', (_what, settings, setting) => {
  const { error } = AuthConfig.safeParse({ ...needed, ...settings });
  expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([setting]);
});
