import { commonFailure } from '@aether/contracts/failure';
import { fastifyCookie } from '@fastify/cookie';
import type { IncomingHttpHeaders } from 'node:http';
import { ACCESS_COOKIE } from '../http/session-cookies.js';
import type { Credential } from './caller.js';

const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/** What a request shows: the Authorization header, else the access cookie. Throws on a header of another kind. */
export function credentialOf(headers: IncomingHttpHeaders): Credential | null {
  if (headers.authorization !== undefined) {
    const value = BEARER.exec(headers.authorization)?.[1];
    if (value) return { carrier: 'header', value };
    throw commonFailure('unauthenticated', {
      detail: 'The Authorization header is not `Bearer <token or key>`.',
    });
  }
  const cookie = headers.cookie ? fastifyCookie.parse(headers.cookie)[ACCESS_COOKIE] : undefined;
  return cookie ? { carrier: 'cookie', value: cookie } : null;
}
