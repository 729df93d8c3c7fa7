import type { IssuedSession } from '@aether/contracts/identity';
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply } from 'fastify';

export const ACCESS_COOKIE = 'aether_access';
export const REFRESH_COOKIE = 'aether_refresh';

const accessOptions: CookieSerializeOptions = { httpOnly: true, sameSite: 'strict', path: '/api/v1' };
// Sent to the two routes that need it and to no other.
const refreshOptions: CookieSerializeOptions = {
  httpOnly: true,
  sameSite: 'strict',
  path: '/api/v1/session',
};

export function setSessionCookies(reply: FastifyReply, session: IssuedSession, secure: boolean): void {
  void reply
    .setCookie(ACCESS_COOKIE, session.accessToken, {
      ...accessOptions,
      secure,
      expires: new Date(session.accessTokenExpiresAt),
    })
    .setCookie(REFRESH_COOKIE, session.refreshToken, {
      ...refreshOptions,
      secure,
      expires: new Date(session.refreshTokenExpiresAt),
    });
}

export function clearSessionCookies(reply: FastifyReply, secure: boolean): void {
  void reply
    .clearCookie(ACCESS_COOKIE, { ...accessOptions, secure })
    .clearCookie(REFRESH_COOKIE, { ...refreshOptions, secure });
}
