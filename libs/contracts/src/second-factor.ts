import { z } from 'zod';
import { defineEvent, defineRequest } from './contract.js';
import { User } from './identity.js';
import { defineRoutes } from './route.js';
import { Id, Nothing } from './schemas.js';

/** The second factor at sign-in (TOTP, RFC 6238) and the codes for when it is lost: part of what `auth` owns. */

/** Six digits of an authenticator app, or one of the recovery codes. */
export const SecondFactorCode = z
  .string()
  .trim()
  .min(6)
  .max(32)
  .describe('The six digits of the authenticator app, or a recovery code.');

const codeErrors = {
  code_wrong: {
    status: 403,
    title: 'This code is wrong, or was used before.',
    hint: 'Wait for the next code of your authenticator app, and check the clock of the device.',
  },
  codes_delayed: {
    status: 429,
    title: 'Too many wrong codes for this account.',
    hint: 'Wait for the seconds given in Retry-After, then try again.',
  },
} as const;

const offErrors = {
  second_factor_off: {
    status: 409,
    title: 'This account has no second factor.',
    hint: 'Begin to set one up first.',
  },
} as const;

const RecoveryCodes = z.object({
  recoveryCodes: z.array(z.string()).describe('Each works once instead of a code; shown this once.'),
});

export const secondFactorRequests = {
  /** What was begun before and not confirmed no longer counts. */
  beginSecondFactor: defineRequest('req.auth.begin-second-factor.v1', {
    input: Nothing,
    output: z.object({
      secret: z.string().describe('For typing in, in base32.'),
      uri: z.string().describe('For a QR code (otpauth).'),
    }),
    errors: {
      second_factor_on: {
        status: 409,
        title: 'This account has a second factor already.',
        hint: 'Switch it off first, with a code of it.',
      },
    },
  }),
  /** From now on sign-in asks for a code. */
  confirmSecondFactor: defineRequest('req.auth.confirm-second-factor.v1', {
    input: z.object({ code: SecondFactorCode }),
    output: RecoveryCodes,
    errors: { ...codeErrors, ...offErrors },
  }),
  /** The codes given before stop working. */
  replaceRecoveryCodes: defineRequest('req.auth.replace-recovery-codes.v1', {
    input: z.object({ code: SecondFactorCode }),
    output: RecoveryCodes,
    errors: { ...codeErrors, ...offErrors },
  }),
  disableSecondFactor: defineRequest('req.auth.disable-second-factor.v1', {
    input: z.object({ code: SecondFactorCode }),
    output: Nothing,
    errors: { ...codeErrors, ...offErrors },
  }),
  /** For somebody who lost both the device and the codes; their sessions end. */
  resetSecondFactor: defineRequest('req.auth.reset-second-factor.v1', {
    input: z.object({ id: Id }),
    output: User,
    errors: {
      user_not_found: {
        status: 404,
        title: 'There is no such account.',
        hint: 'List the users to find the right id.',
      },
    },
  }),
};

export const secondFactorEvents = {
  secondFactorEnabled: defineEvent('evt.auth.second-factor-enabled.v1', z.object({ userId: Id })),
  secondFactorDisabled: defineEvent('evt.auth.second-factor-disabled.v1', z.object({ userId: Id })),
  recoveryCodeUsed: defineEvent(
    'evt.auth.recovery-code-used.v1',
    z.object({ userId: Id, left: z.number().int() }),
  ),
};

export const secondFactorRoutes = defineRoutes({
  'POST /api/v1/me/second-factor': {
    contract: secondFactorRequests.beginSecondFactor,
    access: 'account:write',
    summary: 'Begin to set up a second factor',
    status: 201,
  },
  'POST /api/v1/me/second-factor/confirm': {
    contract: secondFactorRequests.confirmSecondFactor,
    access: 'account:write',
    summary: 'Switch the second factor on with a first code; recovery codes are shown once',
    rateClass: 'sign-in',
  },
  'POST /api/v1/me/second-factor/recovery-codes': {
    contract: secondFactorRequests.replaceRecoveryCodes,
    access: 'account:write',
    summary: 'New recovery codes instead of the old ones',
    status: 201,
    rateClass: 'sign-in',
  },
  'POST /api/v1/me/second-factor/disable': {
    contract: secondFactorRequests.disableSecondFactor,
    access: 'account:write',
    summary: 'Switch my second factor off',
    rateClass: 'sign-in',
  },
  'DELETE /api/v1/users/{id}/second-factor': {
    contract: secondFactorRequests.resetSecondFactor,
    access: 'users:write',
    summary: 'Take the second factor from an account whose device is lost; its sessions end',
  },
});
