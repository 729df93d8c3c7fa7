import type { Approval, approvalRequests } from '@aether/contracts/approvals';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';
import type { RequestContext } from '@aether/messaging/requests';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { ConnectionHub } from '../connections/connection-hub.js';
import { GatewayRequestError } from '../gateway/gateway-client.js';
import { explainRefusal } from '../gateway/refused-request.js';
import { CLOCK } from '../tokens.js';
import { ApprovalRepository } from './approval.repository.js';

type Requests = typeof approvalRequests;

@Injectable()
export class DecideApproval {
  constructor(
    private readonly rows: ApprovalRepository,
    private readonly hub: ConnectionHub,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async list(
    query: InputOf<Requests['listApprovals']>,
    { actor }: Context,
  ): Promise<OutputOf<Requests['listApprovals']>> {
    const page = await this.rows.list(actor, query);
    return { ...page, items: page.items.map((row) => row.reply(this.clock.now())) };
  }

  async execute(
    { id, decision }: InputOf<Requests['decideApproval']>,
    context: RequestContext<Requests['decideApproval']>,
  ): Promise<Approval> {
    requirePermission(context, 'chats:write');
    const row = await this.rows.findFor(context.actor, id);
    if (!row) throw context.fail('approval_not_found');
    // The gateway tells everybody what was decided, but not by whom.
    return this.hub.inOrder(row.connectionId, () => this.decide({ id, decision }, context));
  }

  private async decide(
    { id, decision }: InputOf<Requests['decideApproval']>,
    context: RequestContext<Requests['decideApproval']>,
  ): Promise<Approval> {
    const row = await this.rows.findFor(context.actor, id);
    if (row?.stateAt(this.clock.now()) !== 'pending') throw context.fail('approval_closed');
    const { connectionId, gatewayId } = row;
    try {
      const params = { id: gatewayId, decision: decision === 'allow' ? 'allow-once' : 'deny' };
      await this.hub.request(connectionId, 'exec.approval.resolve', { params });
    } catch (error) {
      if (!(error instanceof GatewayRequestError)) throw error;
      const told = explainRefusal(error);
      // What stands in the way of any request has not decided this one.
      if (told) throw context.fail('gateway_away', { detail: told.cause, hint: told.remedy });
      throw context.fail(error.isLost || error.retryable ? 'gateway_away' : 'approval_closed', {
        detail: error.message,
      });
    }
    const state = decision === 'allow' ? 'allowed' : 'denied';
    const decided = await this.rows.decide({ connectionId, gatewayId }, state, context);
    if (!decided) throw context.fail('approval_closed');
    return decided.reply(this.clock.now());
  }
}
