import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { missionsRequests } from '@aether/contracts/missions';
import type { remotesRequests } from '@aether/contracts/remotes';
import { requirePermission } from '@aether/messaging/access';
import { Messaging } from '@aether/messaging/messaging';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { RepositoryError } from '../git/repository.js';
import { Deliver } from './deliver.js';

type Contract = typeof remotesRequests.deliverMission;

/** Delivers a mission that has ended because a person asks for it. */
@Injectable()
export class DeliverAgain {
  constructor(
    private readonly messaging: Messaging,
    private readonly deliver: Deliver,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'missions:write');
    // Asked as the caller, who may not see every mission.
    const mission = await this.messaging.call(missionsRequests.getMission, { id: input.id }, context);
    if (!mission.finishedAt) throw context.fail('nothing_to_deliver');
    const errand = { delivery: input.delivery ?? mission.delivery, report: mission.report ?? mission.goal };
    try {
      const deliveredTo = await this.deliver.execute(mission, errand, context);
      if (deliveredTo === null) throw context.fail('nothing_to_deliver');
      return { deliveredTo };
    } catch (error) {
      if (!(error instanceof RepositoryError)) throw error;
      throw context.fail('delivery_failed', { detail: error.message, hint: error.remedy, cause: error });
    }
  }
}
