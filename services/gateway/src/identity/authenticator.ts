import { commonFailure } from '@aether/contracts/failure';
import { Injectable } from '@nestjs/common';
import { AccessTokens } from './access-tokens.js';
import { ApiKeys } from './api-keys.js';
import type { Caller, Credential } from './caller.js';

/** Turns what a client shows into who it is. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly tokens: AccessTokens,
    private readonly keys: ApiKeys,
  ) {}

  /** True where an answer needs no question to another service that a stranger could cause at will. */
  isCheap({ value }: Credential): boolean {
    return !ApiKeys.looksLikeOne(value) || this.keys.isRemembered(value);
  }

  /** Throws `unauthenticated` where there is nothing, or nothing valid. */
  async authenticate(credential: Credential | null): Promise<Caller> {
    if (!credential) throw commonFailure('unauthenticated');
    const isKey = credential.carrier === 'header' && ApiKeys.looksLikeOne(credential.value);
    const caller = isKey
      ? await this.keys.verify(credential.value)
      : await this.tokens.verify(credential.value);
    if (caller) return caller;
    throw isKey
      ? commonFailure('unauthenticated', {
          detail: 'This API key is unknown, expired or revoked.',
          hint: 'Create a new API key.',
        })
      : commonFailure('unauthenticated', {
          detail: 'This access token has expired or is not one of ours.',
          hint: 'Refresh the session, or sign in again.',
        });
  }
}
