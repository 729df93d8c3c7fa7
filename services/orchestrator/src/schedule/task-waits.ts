import { MAX_TASKS } from '@aether/contracts/mission-schemas';
import { missionsRequests } from '@aether/contracts/missions';
import type { executionRequests, TaskWait } from '@aether/contracts/execution';
import { Messaging } from '@aether/messaging/messaging';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { TaskWaitRow } from './task-wait.entity.js';

/** Why ready tasks have not begun, kept so that anybody can be told at any time. */
@Injectable()
export class TaskWaits {
  /** Of the last look of this instance: most looks change nothing. */
  private last = '';

  constructor(
    private readonly database: Database,
    private readonly messaging: Messaging,
  ) {}

  async replace(waits: readonly TaskWait[]): Promise<void> {
    const told = JSON.stringify(waits);
    if (told === this.last) return;
    await this.database.read((source) =>
      source.transaction(async (manager) => {
        const ids = waits.map(({ taskId }) => taskId);
        await manager
          .createQueryBuilder()
          .delete()
          .from(TaskWaitRow)
          .where('NOT (task_id = ANY(:ids))', { ids })
          .execute();
        if (waits.length > 0)
          await manager.upsert(
            TaskWaitRow,
            waits.map((wait) => ({ ...wait, until: wait.until ? new Date(wait.until) : null })),
            ['taskId'],
          );
      }),
    );
    this.last = told;
  }

  async explain(
    { id }: { id: string },
    context: RequestContext<typeof executionRequests.explainTask>,
  ): Promise<{ wait: TaskWait | null }> {
    // Asked as the caller, who may not see every mission.
    await this.messaging.call(missionsRequests.getTask, { id }, context);
    const row = await this.database.read((manager) => manager.findOneBy(TaskWaitRow, { taskId: id }));
    return { wait: row?.reply() ?? null };
  }

  async list(
    { id }: { id: string },
    context: RequestContext<typeof executionRequests.listWaits>,
  ): Promise<{ items: TaskWait[] }> {
    await this.messaging.call(missionsRequests.getMission, { id }, context);
    const { items } = await this.messaging.call(
      missionsRequests.listTasks,
      { missionId: id, state: 'waiting', limit: MAX_TASKS },
      context,
    );
    const rows = await this.database.read((manager) =>
      manager
        .createQueryBuilder(TaskWaitRow, 'wait')
        .where('wait.task_id = ANY(:ids)', { ids: items.map((task) => task.id) })
        .getMany(),
    );
    return { items: rows.map((row) => row.reply()) };
  }
}
