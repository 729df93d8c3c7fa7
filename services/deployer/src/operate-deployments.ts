import type { deployerRequests } from '@aether/contracts/deployer';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { ContractFailure, failure } from '@aether/contracts/failure';
import { requireServiceOr } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { BeginOperation, contracts } from './begin-operation.js';

type Contract = typeof deployerRequests.operateDeployments;
type Item = OutputOf<Contract>['items'][number];

/** One operation on many, each in a transaction of its own. */
@Injectable()
export class OperateDeployments {
  constructor(private readonly beginOperation: BeginOperation) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireServiceOr(context, 'deployments:write');
    const items: Item[] = [];
    for (const id of new Set(input.ids)) items.push(await this.operate(input.operation, id, context));
    return { items };
  }

  private async operate(
    operation: InputOf<Contract>['operation'],
    id: string,
    context: RequestContext<Contract>,
  ): Promise<Item> {
    const { idempotencyKey } = context;
    const alone = {
      ...context,
      // Of its own, so that the request repeated finds what it did to each.
      idempotencyKey: idempotencyKey === null ? null : `${idempotencyKey}:${id}`,
      fail: (...[code, fields]: Parameters<RequestContext<(typeof contracts)['stop']>['fail']>) =>
        failure(contracts[operation], code, fields),
    };
    try {
      return { id, deployment: await this.beginOperation.execute(operation, { id }, alone), problem: null };
    } catch (error) {
      if (!(error instanceof ContractFailure)) throw error;
      return {
        id,
        deployment: null,
        problem: { code: error.code, detail: error.message, hint: error.hint },
      };
    }
  }
}
