import type { InputOf } from '@aether/contracts/contract';
import { missionsRequests } from '@aether/contracts/missions';
import type { Mission } from '@aether/contracts/mission-schemas';
import { canRestrict, requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { MissionDesk } from './mission-desk.js';
import { missing } from './steer-mission.js';

const contract = missionsRequests.updateMission;
/** What work has begun from cannot change under it. */
const UNTIL_IT_RUNS = ['goal', 'repository', 'baseBranch', 'workspace'] as const;

@Injectable()
export class UpdateMission {
  constructor(private readonly desk: MissionDesk) {}

  async execute(input: InputOf<typeof contract>, context: RequestContext<typeof contract>): Promise<Mission> {
    requirePermission(context, 'missions:write');
    const { id, ...settings } = input;
    return this.desk.change({ contract, input, context }, missing(id, context), (open) => {
      const { mission } = open;
      if (mission.isFinal)
        throw context.fail('transition_not_allowed', { detail: `The mission is ${mission.state} for good.` });
      const late = UNTIL_IT_RUNS.find((name) => settings[name] !== undefined);
      if (mission.startedAt && late)
        throw context.fail('transition_not_allowed', {
          detail: `"${late}" cannot change once the mission has been started.`,
        });
      if (settings.visibility && !canRestrict(context.actor, mission))
        throw context.fail('forbidden', {
          detail: 'Only its owner or an administrator may say who sees it.',
        });
      Object.assign(mission, settings);
      if (settings.budget) open.budgetChanged();
      return () => mission.reply();
    });
  }
}
