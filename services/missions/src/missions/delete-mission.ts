import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { missionsEvents, missionsRequests } from '@aether/contracts/missions';
import { canRestrict, canSee, requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { authorOf } from '../thread/author.js';
import { MissionRepository } from './mission.repository.js';

const contract = missionsRequests.deleteMission;

/** Removes a mission that has ended, with all that belongs to it; content of its artifacts is tidied later. */
@Injectable()
export class DeleteMission {
  constructor(
    private readonly database: Database,
    private readonly missions: MissionRepository,
  ) {}

  async execute(
    input: InputOf<typeof contract>,
    context: RequestContext<typeof contract>,
  ): Promise<OutputOf<typeof contract>> {
    requirePermission(context, 'missions:write');
    return this.database.once({ contract, input, context }, async (tx) => {
      const mission = await this.missions.lock(tx, input.id);
      if (!mission || !canSee(context.actor, mission)) throw context.fail('mission_not_found');
      if (!canRestrict(context.actor, mission))
        throw context.fail('forbidden', { detail: 'Only its owner or an administrator may delete it.' });
      if (!mission.isFinal)
        throw context.fail('transition_not_allowed', {
          detail: `The mission is ${mission.state}.`,
          hint: 'Cancel it first.',
        });
      await this.missions.remove(tx, mission.id);
      const who = authorOf(context.actor);
      await tx.publish(missionsEvents.missionDeleted, { missionId: mission.id, who, why: null }, mission);
      return {};
    });
  }
}
