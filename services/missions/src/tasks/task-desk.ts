import type { CallInputOf, InputOf, OutputOf, RequestContract } from '@aether/contracts/contract';
import type { TaskState } from '@aether/contracts/mission-schemas';
import type { Refusing } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { MissionDesk } from '../missions/mission-desk.js';
import { MissionRepository } from '../missions/mission.repository.js';
import type { OpenMission } from '../missions/open-mission.js';
import type { TaskRow } from './task.entity.js';

type OfTask = Refusing<'task_not_found' | 'transition_not_allowed'>;

/** Changes of one task, by its mission's desk. */
@Injectable()
export class TaskDesk {
  constructor(
    private readonly desk: MissionDesk,
    private readonly missions: MissionRepository,
  ) {}

  async change<C extends RequestContract>(
    { contract, input, context }: { contract: C; input: InputOf<C>; context: OfTask },
    work: (open: OpenMission, task: TaskRow) => () => OutputOf<C>,
  ): Promise<OutputOf<C>> {
    const refuse = () => context.fail('task_not_found');
    const { id } = input as { id: string };
    const found = await this.missions.findTask(id);
    if (!found) throw refuse();
    return this.desk.change(
      { contract, input: input as CallInputOf<C>, context },
      { id: found.missionId, refuse },
      (open) => {
        const task = open.task(id);
        if (!task) throw refuse();
        return work(open, task);
      },
    );
  }
}

/** Throws where the task is not in one of these states. */
export function expectState(task: TaskRow, states: readonly TaskState[], context: OfTask): void {
  if (!states.includes(task.state))
    throw context.fail('transition_not_allowed', {
      detail: `The task "${task.key}" is ${task.state}; this needs one that is ${states.join(' or ')}.`,
    });
}
