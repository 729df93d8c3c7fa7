import type { InputOf } from '@aether/contracts/contract';
import { missionsEvents, missionsRequests } from '@aether/contracts/missions';
import { TaskState, type Mission } from '@aether/contracts/mission-schemas';
import { personOf, requirePermission } from '@aether/messaging/access';
import { newId } from '@aether/messaging/id';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { authorOf } from '../thread/author.js';
import type { MissionsConfig } from '../config.js';
import { CLOCK, CONFIG } from '../tokens.js';
import { MissionRow } from './mission.entity.js';
import { MissionRepository } from './mission.repository.js';
import { OpenMission } from './open-mission.js';

const contract = missionsRequests.createMission;
const TITLE_MAX = 160;

@Injectable()
export class CreateMission {
  constructor(
    private readonly database: Database,
    private readonly missions: MissionRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: MissionsConfig,
  ) {}

  async execute(input: InputOf<typeof contract>, context: RequestContext<typeof contract>): Promise<Mission> {
    requirePermission(context, 'missions:write');
    return this.database.once({ contract, input, context }, async (tx) => {
      const mission = this.newMission(input, personOf(context.actor));
      const { clock, config } = this;
      const open = new OpenMission({ tx, mission, tasks: [], clock, config });
      mission.waitsFor = 'a plan';
      mission.deadlineAt = new Date(clock.now().getTime() + config.PERSON_DEADLINE_S * 1_000);
      if (input.plan) open.planning();
      await this.missions.insert(tx, mission);
      const who = authorOf(context.actor);
      await tx.publish(missionsEvents.missionCreated, { mission: mission.reply(), who, why: null }, mission);
      if (input.plan)
        await tx.publish(
          missionsEvents.planRequested,
          { mission: mission.reply(), comment: null, tasks: [] },
          mission,
        );
      return mission.reply();
    });
  }

  private newMission(
    { plan: _plan, title, ...settings }: InputOf<typeof contract>,
    createdBy: string,
  ): MissionRow {
    const now = this.clock.now();
    return Object.assign(new MissionRow(), {
      ...settings,
      id: newId(),
      title: title ?? firstLine(settings.goal),
      spentTokens: 0,
      spentUsd: 0,
      spentAttempts: 0,
      state: 'draft',
      reason: null,
      waitsFor: null,
      deadlineAt: null,
      tasks: Object.fromEntries(TaskState.options.map((state) => [state, 0])),
      report: null,
      deliveredTo: null,
      lastSeq: 0,
      version: 1,
      createdBy,
      createdAt: now,
      startedAt: null,
      finishedAt: null,
      updatedAt: now,
    });
  }
}

function firstLine(goal: string): string {
  const line = (goal.split('\n')[0] ?? '').replace(/\p{Cc}/gu, ' ').trim();
  return line.length > TITLE_MAX ? `${line.slice(0, TITLE_MAX - 1)}…` : line;
}
