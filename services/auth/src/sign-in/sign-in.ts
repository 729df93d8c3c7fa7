import { authEvents, type authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { SecondFactorCheck } from '../second-factor/second-factor-check.js';
import { SessionIssuer } from '../sessions/session-issuer.js';
import { PasswordCheck } from './password-check.js';

type Contract = typeof authRequests.signIn;

@Injectable()
export class SignIn {
  constructor(
    private readonly database: Database,
    private readonly passwords: PasswordCheck,
    private readonly codes: SecondFactorCheck,
    private readonly sessions: SessionIssuer,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    const checked = await this.passwords.check(input.email, input.password);
    if (checked.outcome === 'delayed')
      throw context.fail('sign_in_delayed', { retryAfterS: checked.retryAfterS });
    if (checked.outcome === 'wrong') throw context.fail('sign_in_failed');

    const { user } = checked;
    if (!user.isActive) throw context.fail('account_disabled');
    if (user.secondFactorAt) await this.requireCode(user.id, input.code, context);
    const actor = { type: 'user', id: user.id, role: user.role } as const;
    const refresh = await this.database.transaction({ ...context, actor }, async (tx) => {
      await tx.publish(authEvents.signedIn, { userId: user.id });
      return this.sessions.open(tx, { userId: user.id, method: 'password', client: input.client });
    });
    return this.sessions.reply(user, refresh);
  }

  private async requireCode(
    userId: string,
    code: string | undefined,
    context: RequestContext<Contract>,
  ): Promise<void> {
    if (code === undefined) throw context.fail('second_factor_required');
    const checked = await this.codes.check(userId, code, context);
    if (checked.outcome === 'delayed')
      throw context.fail('sign_in_delayed', { retryAfterS: checked.retryAfterS });
    if (checked.outcome === 'wrong') throw context.fail('second_factor_wrong');
  }
}
