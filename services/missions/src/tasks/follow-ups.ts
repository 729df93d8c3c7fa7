import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { missionsRequests } from '@aether/contracts/missions';
import { PlannedTask, type Task } from '@aether/contracts/mission-schemas';
import { requirePermission, requireService } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { MissionDesk } from '../missions/mission-desk.js';
import { missing } from '../missions/steer-mission.js';
import { ThreadRepository } from '../thread/thread.repository.js';
import { addTasks, expectEditable } from './edit-tasks.js';

type Requests = typeof missionsRequests;

/** Tasks that agents propose while they work: added where the mission decides by itself, else kept for a person. */
@Injectable()
export class FollowUps {
  constructor(
    private readonly desk: MissionDesk,
    private readonly thread: ThreadRepository,
  ) {}

  async propose(
    input: InputOf<Requests['proposeTask']>,
    context: RequestContext<Requests['proposeTask']>,
  ): Promise<OutputOf<Requests['proposeTask']>> {
    requireService(context);
    const contract = missionsRequests.proposeTask;
    const { missionId, taskId, attemptId, agentName, ...proposed } = input;
    return this.desk.change({ contract, input, context }, missing(missionId, context), (open) => {
      const from = open.task(taskId);
      if (!from) throw context.fail('task_not_found');
      expectEditable(open, context);
      const task = { ...proposed, dependsOn: [from.key] };
      const added = open.mission.autonomy === 'auto';
      if (added) addTasks(open, { planned: [task], context });
      const entry = open.note({
        kind: 'proposal',
        text: `${added ? 'Adds' : 'Proposes'} a task after "${from.title}": ${task.title}`,
        taskId,
        author: { type: 'agent', id: attemptId, name: agentName },
        data: { task, added },
      });
      return () => ({ added, entry: entry.reply() });
    });
  }

  async adopt(
    input: InputOf<Requests['adoptTask']>,
    context: RequestContext<Requests['adoptTask']>,
  ): Promise<Task> {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.adoptTask;
    const { id, seq } = input;
    // Entries never change, so this one may be read before the mission is locked.
    const entry = await this.thread.find(id, seq);
    return this.desk.change({ contract, input, context }, missing(id, context), (open) => {
      const proposed = PlannedTask.safeParse(entry?.kind === 'proposal' ? entry.data?.['task'] : null);
      if (!proposed.success) throw context.fail('proposal_not_found');
      const present = open.tasks.find(({ key }) => key === proposed.data.key);
      if (present) return () => present.reply();
      expectEditable(open, context);
      const [task] = addTasks(open, { planned: [proposed.data], context });
      if (!task) throw new Error('one task was to be added');
      open.note({ kind: 'decision', text: `Adds the proposed task "${task.title}".`, taskId: task.id });
      return () => task.reply();
    });
  }
}
