import type { OutputOf } from '@aether/contracts/contract';
import type { executionRequests } from '@aether/contracts/execution';
import { missionsRequests } from '@aether/contracts/missions';
import { requirePermission } from '@aether/messaging/access';
import { serviceContext } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { Turnstile } from '../git/turnstile.js';
import { Places } from './places.js';

type Contract = typeof executionRequests.rollBackMission;

/** Takes the merges of an ended mission out of its branch again. */
@Injectable()
export class RollBack {
  constructor(
    private readonly messaging: Messaging,
    private readonly places: Places,
    private readonly turnstile: Turnstile,
  ) {}

  async execute({ id }: { id: string }, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'missions:write');
    // Asked as the caller, who may not see every mission.
    const mission = await this.messaging.call(missionsRequests.getMission, { id }, context);
    const repository = await this.places.repositoryOf(mission);
    const { branch } = mission;
    const base = await repository?.resolve(this.places.baseRefOf(id));
    if (!repository || !branch || !base || !mission.finishedAt) throw context.fail('nothing_merged');
    const keptAt = `refs/aether/rollback/${newId()}`;
    await this.turnstile.pass(`merge:${id}`, () =>
      repository.moveBranch({ branch, to: base, keepAs: keptAt }),
    );
    await this.messaging.call(
      missionsRequests.addEntry,
      {
        id,
        kind: 'decision',
        author: {
          type: context.actor.type === 'key' ? 'key' : 'user',
          id: context.actor.id,
          name: context.actor.id,
        },
        text: `The merges were taken back; they are kept at ${keptAt}.`,
      },
      serviceContext('orchestrator'),
    );
    return { branch, commit: base, keptAt };
  }
}
