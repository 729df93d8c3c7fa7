import { z } from 'zod';
import { Permission } from './permissions.js';
import { Id, Instant, Line, Role } from './schemas.js';

/** What is said about people, sessions and keys by every request of `auth` that speaks of them. */

export const User = z
  .object({
    id: Id,
    email: z.email(),
    name: z.string(),
    role: Role,
    createdAt: Instant,
    secondFactor: z.boolean().describe('Sign-in by password asks for a code as well.'),
    disabledAt: Instant.nullable().describe('Since when this account may not be used; null while it may.'),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof User>;

export const ApiKey = z
  .object({
    id: Id,
    name: z.string(),
    role: Role,
    scopes: z
      .array(Permission)
      .nullable()
      .describe('What the key is limited to; null: everything that its role may.'),
    prefix: z.string().describe('First characters of the key, to tell keys apart.'),
    createdBy: Id.describe('Who made it: a person, or another key.'),
    ownerId: Id.describe('The person it belongs to.'),
    createdAt: Instant,
    expiresAt: Instant.nullable(),
    revokedAt: Instant.nullable(),
    lastUsedAt: Instant.nullable().describe('To within five minutes; null before the first use.'),
    replacedBy: Id.nullable().describe('The key that took its place at rotation.'),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof ApiKey>;

export const Invitation = z
  .object({
    id: Id,
    email: z.email(),
    role: Role,
    createdBy: Id,
    createdAt: Instant,
    expiresAt: Instant,
    acceptedAt: Instant.nullable(),
    revokedAt: Instant.nullable(),
  })
  .meta({ id: 'Invitation' });
export type Invitation = z.infer<typeof Invitation>;

/** What the edge saw of a client when a session began. */
export const ClientInfo = z.object({
  address: z.string().max(64),
  userAgent: z.string().max(256).describe('Without control characters, cut where it was longer.'),
});
export type ClientInfo = z.infer<typeof ClientInfo>;

export const SessionMethod = z.enum(['password', 'identity-provider']);
export type SessionMethod = z.infer<typeof SessionMethod>;

export const SessionView = z
  .object({
    id: Id,
    userId: Id,
    method: SessionMethod,
    address: z.string().nullable(),
    userAgent: z.string().nullable(),
    createdAt: Instant,
    lastUsedAt: Instant.describe('When its tokens were renewed last.'),
    expiresAt: Instant,
    current: z.boolean().describe('The one this request came by.'),
  })
  .meta({ id: 'SessionView' });
export type SessionView = z.infer<typeof SessionView>;

/** Why a session ended before its time. */
export const SessionEnd = z.enum([
  'signed-out',
  'refresh-token-reused',
  'password-changed',
  'revoked',
  'user-disabled',
  'user-deleted',
]);
export type SessionEnd = z.infer<typeof SessionEnd>;

/** Issuer and audience of every access token; `sub` is the user's id, `sid` the session's. */
export const accessTokenIssuer = 'aether';
export const accessTokenAudience = 'aether-api';
/** How long an access token is good for, in milliseconds: also how long the edge remembers what ended one. */
export const accessTokenLifetimeMs = 10 * 60_000;
/** Claims of an access token beside the registered ones. */
export const AccessTokenClaims = z.object({
  sub: Id,
  sid: Id,
  role: Role,
  name: z.string(),
  /** Absent: everything the role may. A session that has still to be completed may less. */
  scopes: z.array(Permission).optional(),
});
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;

/** What the edge needs to give a caller a session; the refresh token leaves the edge only as a cookie. */
export const IssuedSession = z.object({
  user: User,
  accessToken: z.string(),
  accessTokenExpiresAt: Instant,
  refreshToken: z.string(),
  refreshTokenExpiresAt: Instant,
});
export type IssuedSession = z.infer<typeof IssuedSession>;

/** 12 characters at least: length is what counts (NIST SP 800-63B), so no rules about kinds of characters. */
export const Password = z.string().min(12, 'use at least 12 characters').max(256);
export const Email = z.email().max(254).toLowerCase();
export const PersonName = Line(80);
/** A token as it comes back from a client: checked by its hash, never parsed. */
export const OpaqueToken = z.string().min(16).max(512);
