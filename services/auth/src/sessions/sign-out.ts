import type { authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { SessionIssuer } from './session-issuer.js';
import { lockByToken } from './session.repository.js';

type Contract = typeof authRequests.signOut;

@Injectable()
export class SignOut {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionIssuer,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    const { refreshToken } = input;
    if (refreshToken)
      await this.database.transaction(context, async (tx) => {
        const found = await lockByToken(tx.manager, refreshToken);
        if (found) await this.sessions.end(tx, found.session, 'signed-out');
      });
    return {};
  }
}
