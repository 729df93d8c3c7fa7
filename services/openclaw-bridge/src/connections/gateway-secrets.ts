import { authRequests } from '@aether/contracts/auth';
import { ContractFailure } from '@aether/contracts/failure';
import type { Reason } from '@aether/contracts/openclaw';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';

/** A gateway's token or another secret of it could not be read, and why. */
export class TokenUnreadable extends Error {
  override readonly name = 'TokenUnreadable';

  constructor(
    readonly reason: Reason,
    cause: unknown,
  ) {
    super(reason.cause, { cause });
  }
}

/** What gateways are shown, in the vault: read when it is needed, never kept here. */
@Injectable()
export class GatewaySecrets {
  constructor(private readonly messaging: Messaging) {}

  /** Throws `TokenUnreadable`. */
  async read(secretId: string): Promise<string> {
    try {
      const context = serviceContext('openclaw-bridge');
      const asked = { id: secretId, purpose: 'connection to its gateway' };
      return (await this.messaging.call(authRequests.revealSecret, asked, context)).value;
    } catch (cause) {
      const isGone = cause instanceof ContractFailure && cause.code === 'secret_not_found';
      throw new TokenUnreadable(isGone ? GONE : AWAY, cause);
    }
  }

  /** Answers with the secret's id. */
  async keep(secret: { name: string; value: string; purpose: string }): Promise<string> {
    return (await this.messaging.call(authRequests.storeSecret, secret, serviceContext('openclaw-bridge')))
      .id;
  }

  /** Gone already is as good. */
  async drop(id: string): Promise<void> {
    try {
      await this.messaging.call(authRequests.deleteSecret, { id }, serviceContext('openclaw-bridge'));
    } catch (error) {
      if (!(error instanceof ContractFailure) || error.code !== 'secret_not_found') throw error;
    }
  }
}

const GONE: Reason = {
  code: 'token_gone',
  cause: 'The gateway’s token is not in the vault any more.',
  remedy:
    'Repair the deployment, which makes a new one; of a remote gateway, give the connection its token again.',
};
const AWAY: Reason = {
  code: 'vault_away',
  cause: 'The gateway’s token cannot be read: the vault does not answer.',
  remedy: 'Nothing to do: Aether tries again every second.',
};
