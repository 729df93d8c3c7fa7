import { authEvents, type authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { LOGGER } from '../pruning.js';
import { SessionIssuer } from '../sessions/session-issuer.js';
import { IdentityAccounts } from './identity-accounts.js';
import { OidcProviders, ProviderUnreachable, type Identity } from './oidc-providers.js';
import { takeProviderSignIn } from './provider-sign-in.repository.js';

type Contract = typeof authRequests.signInByProvider;

@Injectable()
export class SignInByProvider {
  constructor(
    private readonly database: Database,
    private readonly providers: OidcProviders,
    private readonly accounts: IdentityAccounts,
    private readonly sessions: SessionIssuer,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    const identity = await this.identify(input, context);
    const account = await this.database.transaction(context, (tx) =>
      this.accounts.accountOf(tx, { identity, setupToken: input.setupToken }, context),
    );
    const actor = { type: 'user', id: account.id, role: account.role } as const;
    const refresh = await this.database.transaction({ ...context, actor }, async (tx) => {
      await tx.publish(authEvents.signedIn, { userId: account.id });
      return this.sessions.open(tx, {
        userId: account.id,
        method: 'identity-provider',
        client: input.client,
      });
    });
    return this.sessions.reply(account, refresh);
  }

  private async identify(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<Identity> {
    const answer = new URLSearchParams(input.answer);
    const state = answer.get('state') ?? '';
    // Taken before the provider is asked: an answer is good for one try, whatever becomes of it.
    const begun = await this.database.transaction(context, ({ manager }) =>
      takeProviderSignIn(manager, state),
    );
    if (!begun?.accepts(input.binding, this.clock.now())) throw context.fail('provider_sign_in_invalid');
    const { provider, nonce, codeVerifier } = begun;
    return this.providers
      .identify(provider, answer, { state, nonce, codeVerifier })
      .catch((error: unknown) => {
        this.logger.warn({ err: error, provider }, 'sign-in by an identity provider failed');
        const code = error instanceof ProviderUnreachable ? 'provider_unreachable' : 'provider_refused';
        throw context.fail(code, { cause: error });
      });
  }
}
