import { describe, expect, it } from '@jest/globals';
import { decideRefresh, type RefreshDecision } from '../src/sessions/refresh-rule.js';
import { RefreshToken } from '../src/sessions/refresh-token.entity.js';
import { Session } from '../src/sessions/session.entity.js';

const start = new Date('2026-01-01T00:00:00Z');
const after = (ms: number) => new Date(start.getTime() + ms);
const DAY_MS = 24 * 3_600_000;

interface Case {
  name: string;
  expected: RefreshDecision;
  exchangedMs?: number;
  retiredMs?: number;
  successorUsed?: boolean;
  revoked?: Parameters<Session['revoke']>[0];
  nowMs?: number;
}

const cases: Case[] = [
  { name: 'a token used for the first time', expected: 'exchange' },
  { name: 'a token repeated after 10 s', exchangedMs: 0, nowMs: 10_000, expected: 'repeat' },
  { name: 'a token repeated after 10.001 s', exchangedMs: 0, nowMs: 10_001, expected: 'reused' },
  {
    name: 'a token repeated at once although its successor was used',
    exchangedMs: 0,
    successorUsed: true,
    nowMs: 1,
    expected: 'reused',
  },
  { name: 'a token whose sibling was used', retiredMs: 0, nowMs: 1, expected: 'reused' },
  { name: 'an idle token', nowMs: 30 * DAY_MS, expected: 'over' },
  {
    name: 'an old exchanged token of a session that runs',
    exchangedMs: 0,
    nowMs: 31 * DAY_MS,
    expected: 'over',
  },
  { name: 'a token of a session that was signed out', revoked: 'signed-out', nowMs: 1, expected: 'over' },
  {
    name: 'a token of a session that a reuse ended',
    revoked: 'refresh-token-reused',
    nowMs: 1,
    expected: 'reused',
  },
];

describe('what a refresh token is worth', () => {
  it.each(cases)(
    '$name: $expected',
    ({ expected, exchangedMs, retiredMs, successorUsed, revoked, nowMs }) => {
      const session = Session.open({ id: 'session', userId: 'user', method: 'password' }, start);
      const token = RefreshToken.issue({ token: 'x', session, parentId: null, now: start });
      token.exchangedAt = exchangedMs === undefined ? null : after(exchangedMs);
      token.retiredAt = retiredMs === undefined ? null : after(retiredMs);
      if (revoked) session.revoke(revoked, start);
      expect(
        decideRefresh({ session, token, successorUsed: successorUsed ?? false, now: after(nowMs ?? 0) }),
      ).toBe(expected);
    },
  );

  it('no token outlives its session', () => {
    const session = Session.open({ id: 'session', userId: 'user', method: 'password' }, start);
    const token = RefreshToken.issue({ token: 'x', session, parentId: null, now: after(89 * DAY_MS) });
    expect(token.expiresAt).toEqual(session.expiresAt);
  });
});
