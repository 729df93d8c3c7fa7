import { randomInt } from 'node:crypto';
import { sha256 } from '../tokens.js';

const COUNT = 10;
const GROUPS = 4;
const GROUP_LENGTH = 4;
/** Without letters and digits that look alike. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** 79 random bits each: out of reach for guessing, so a plain SHA-256 of one is safe to store. */
export function newRecoveryCodes(): string[] {
  const group = () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: COUNT }, () => Array.from({ length: GROUPS }, group).join('-'));
}

/** The same for a code however it is typed: upper case, without dashes, with spaces. */
export function hashRecoveryCode(code: string): Buffer {
  return sha256(`recovery-code:${code.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}`);
}
