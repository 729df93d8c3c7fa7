import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits: cannot be guessed, so a plain SHA-256 of it is safe to store. */
export const newToken = (): string => randomBytes(32).toString('base64url');

export const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares a presented token with a stored hash, in time that tells nothing. */
export const matchesHash = (token: string, hash: Buffer): boolean => timingSafeEqual(sha256(token), hash);
