import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { missionsRequests } from '@aether/contracts/missions';
import { MissionState, TaskState, type Mission, type Task } from '@aether/contracts/mission-schemas';
import { requireService } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { MissionRepository } from './mission.repository.js';

type Requests = typeof missionsRequests;
type Listing<R extends keyof Requests> = RequestContext<Requests[R]>;

@Injectable()
export class ReadMissions {
  constructor(private readonly missions: MissionRepository) {}

  async list(query: InputOf<Requests['listMissions']>, { actor }: Listing<'listMissions'>) {
    const page = await this.missions.list(actor, query);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async get(id: string, context: Listing<'getMission'>): Promise<Mission> {
    const row = await this.missions.findFor(context.actor, id);
    if (!row) throw context.fail('mission_not_found');
    return row.reply();
  }

  async tasks(query: InputOf<Requests['listTasks']>, { actor }: Listing<'listTasks'>) {
    const page = await this.missions.listTasks(actor, query);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async task(id: string, context: Listing<'getTask'>): Promise<Task> {
    const row = await this.missions.findTask(id);
    if (!row || !(await this.missions.findFor(context.actor, row.missionId)))
      throw context.fail('task_not_found');
    return row.reply();
  }

  async ready(input: InputOf<Requests['listReadyTasks']>, context: Listing<'listReadyTasks'>) {
    requireService(context);
    const ready = await this.missions.ready(input);
    return {
      items: ready.map(({ task, mission }) => ({
        id: task.id,
        missionId: task.missionId,
        key: task.key,
        title: task.title,
        requires: task.requires,
        prefers: task.prefers,
        chainMinutes: task.chainMinutes,
        updatedAt: task.updatedAt.toISOString(),
        mission: {
          priority: mission.priority,
          deployMissing: mission.deployMissing,
          createdBy: mission.createdBy,
          visibility: mission.visibility,
          ports: mission.workspace.ports,
        },
      })),
    };
  }

  async board({ actor }: Listing<'getBoard'>): Promise<OutputOf<Requests['getBoard']>> {
    const { missions, tasks, needsPerson } = await this.missions.board(actor);
    return {
      missions: { ...zero(MissionState.options), ...counts(missions) },
      tasks: { ...zero(TaskState.options), ...counts(tasks) },
      needsPerson: needsPerson.map((row) => row.reply()),
    };
  }
}

const zero = <S extends string>(states: readonly S[]) =>
  Object.fromEntries(states.map((state) => [state, 0])) as Record<S, number>;

const counts = <S extends string>(rows: readonly { state: S; count: number }[]) =>
  Object.fromEntries(rows.map(({ state, count }) => [state, count])) as Partial<Record<S, number>>;
