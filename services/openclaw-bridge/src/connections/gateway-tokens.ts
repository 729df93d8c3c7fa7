import { authRequests } from '@aether/contracts/auth';
import { ContractFailure } from '@aether/contracts/failure';
import type { Reason } from '@aether/contracts/openclaw';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';

/** A gateway's token could not be read, and why. */
export class TokenUnreadable extends Error {
  override readonly name = 'TokenUnreadable';

  constructor(
    readonly reason: Reason,
    cause: unknown,
  ) {
    super(reason.cause, { cause });
  }
}

/** Reads tokens from the vault when they are needed; they are never kept. */
@Injectable()
export class GatewayTokens {
  constructor(private readonly messaging: Messaging) {}

  /** Throws `TokenUnreadable`. */
  async read(secretId: string): Promise<string> {
    try {
      const context = serviceContext('openclaw-bridge');
      return (await this.messaging.call(authRequests.revealSecret, { id: secretId }, context)).value;
    } catch (cause) {
      const isGone = cause instanceof ContractFailure && cause.code === 'secret_not_found';
      throw new TokenUnreadable(isGone ? GONE : AWAY, cause);
    }
  }
}

const GONE: Reason = {
  code: 'token_gone',
  cause: 'The gateway’s token is not in the vault any more.',
  remedy: 'Repair the deployment, which makes a new one.',
};
const AWAY: Reason = {
  code: 'vault_away',
  cause: 'The gateway’s token cannot be read: the vault does not answer.',
  remedy: 'Nothing to do: Aether tries again every second.',
};
