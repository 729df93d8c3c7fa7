import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, type Clock } from '../clock.js';
import { LOGGER } from '../pruning.js';
import { newToken } from '../tokens.js';
import { OidcProviders } from './oidc-providers.js';
import { ProviderSignIn } from './provider-sign-in.entity.js';
import { insertProviderSignIn } from './provider-sign-in.repository.js';

type Contract = typeof authRequests.beginProviderSignIn;

@Injectable()
export class BeginProviderSignIn {
  constructor(
    private readonly database: Database,
    private readonly providers: OidcProviders,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    const { provider } = input;
    if (!this.providers.has(provider)) throw context.fail('provider_not_found');
    const { url, proof } = await this.providers.begin(provider).catch((error: unknown) => {
      this.logger.warn({ err: error, provider }, 'identity provider cannot be asked');
      throw context.fail('provider_unreachable', { cause: error });
    });
    const binding = newToken();
    const begun = ProviderSignIn.begin({ provider, binding, ...proof }, this.clock.now());
    await this.database.transaction(context, ({ manager }) => insertProviderSignIn(manager, begun));
    return { url, binding, expiresAt: begun.expiresAt.toISOString() };
  }
}
