import { expect, test } from '@jest/globals';
import type { Reason } from '@aether/contracts/openclaw';
import { explainDown, type Failure } from '../src/gateway/down-reasons.js';
import { explainScopes } from '../src/gateway/offers.js';
import { explainRefusal } from '../src/gateway/refused-request.js';
import { byCloseCode, byCode } from '../src/gateway/socket-verdicts.js';
import { byAuthReason, byDetail, byMessage, byPairingReason } from '../src/gateway/verdicts.js';

/** Every row of the tables, once as what it is found by. */
const failures: readonly Failure[] = [
  ...Object.keys(byDetail)
    .filter((detail) => detail !== 'PAIRING_REQUIRED')
    .map((detail) => ({ detail })),
  ...['not-paired', ...Object.keys(byPairingReason)].map((reason) => ({
    detail: 'PAIRING_REQUIRED',
    pairingRequestId: 'one',
    reason,
  })),
  ...Object.keys(byAuthReason).map((authReason) => ({ authReason })),
  ...[3, 5].map((expectedProtocol) => ({ detail: 'PROTOCOL_MISMATCH', expectedProtocol })),
  ...['invalid connect params: x', 'invalid role', 'invalid handshake: first request must be connect'].map(
    (message) => ({ code: 'INVALID_REQUEST', message }),
  ),
  ...Object.keys(byCode).map((code) => ({ code })),
  ...Object.keys(byCloseCode).map((closeCode) => ({ closeCode: Number(closeCode) })),
  ...[302, 401, 403, 404, 429, 502, 503].map((httpStatus) => ({ httpStatus })),
  { httpStatus: 403, httpErrorType: 'proxy_attribution_required' },
  { goodbye: 'stop' },
  { code: 'UNAVAILABLE' },
  {},
];

const refusals = [
  'missing scope: operator.write',
  'Agent "nope" no longer exists in configuration',
  'unknown method: x',
  "invalid chat.send params: at root: unexpected property 'foo'",
  'The server is busy. Please try again in a moment.',
  'rate limit exceeded for config.patch; retry after 58s',
].map((message) => explainRefusal({ message }));

const said = ({ code, cause, remedy }: Reason) => JSON.stringify({ code, cause, remedy });

test.each([
  ['Aether deployed', false],
  ['is somebody else’s', true],
])(
  'of a gateway that %s, each code has one cause and one remedy, which no other code has',
  (_whose, isRemote) => {
    const down = failures.map((failure) => explainDown(failure, { isRemote, auth: 'token' }));
    const told = [
      ...down,
      ...refusals,
      explainScopes(['operator.read', 'operator.admin', 'operator.approvals']),
    ];
    const reasons = told.filter((reason) => reason !== null);
    expect(reasons).toHaveLength(told.length);
    const different = [...new Map(reasons.map((reason) => [said(reason), reason])).values()];
    for (const part of ['code', 'cause', 'remedy'] as const) {
      const values = different.map((reason) => reason[part]);
      expect(values.filter((value, at) => values.indexOf(value) !== at)).toEqual([]);
    }
  },
);

test('each refusal in words is among them', () => {
  const messages = failures.map(({ message = '' }) => message);
  for (const [pattern] of byMessage) expect(messages).toContainEqual(expect.stringMatching(pattern));
});

test('what cannot be told any better is told by one reason alone', () => {
  const told = failures.filter(
    (failure) => explainDown(failure, { isRemote: true, auth: 'token' }).code === 'connection_failed',
  );
  expect(told).toEqual([{}]);
});
