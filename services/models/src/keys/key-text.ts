import { createHash, randomBytes } from 'node:crypto';

const FORM = /^Bearer (avk_[A-Za-z0-9_-]{43})$/;

/** A new key as agents send it: a prefix that secret scanners can know, and 256 random bits. */
export const newKey = (): string => `avk_${randomBytes(32).toString('base64url')}`;

export const hashOf = (key: string): string => createHash('sha256').update(key).digest('base64url');

/** The key of an `Authorization` header, or null where the header holds nothing of its form. */
export const keyIn = (authorization: string | undefined): string | null =>
  FORM.exec(authorization ?? '')?.[1] ?? null;
