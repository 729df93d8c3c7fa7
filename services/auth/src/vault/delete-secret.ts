import { authEvents, authRequests } from '@aether/contracts/auth';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import { deleteSecretRow } from './secret.repository.js';

const contract = authRequests.deleteSecret;
type Contract = typeof contract;

@Injectable()
export class DeleteSecret {
  constructor(private readonly database: Database) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireServiceOr(context, 'secrets:write');
    return this.database.once({ contract, input, context }, async (tx) => {
      if (!(await deleteSecretRow(tx.manager, input.id))) throw context.fail('secret_not_found');
      await tx.publish(authEvents.secretDeleted, { secretId: input.id });
      return {};
    });
  }
}
