import type { CallInputOf, InputOf, OutputOf } from '@aether/contracts/contract';
import { missionsRequests } from '@aether/contracts/missions';
import type { ThreadEntry } from '@aether/contracts/mission-schemas';
import { requirePermission, requireService } from '@aether/messaging/access';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { ArtifactRepository } from '../artifacts/artifact.repository.js';
import { MissionDesk } from '../missions/mission-desk.js';
import { MissionRepository } from '../missions/mission.repository.js';
import { missing } from '../missions/steer-mission.js';
import { ThreadRepository } from './thread.repository.js';

type Requests = typeof missionsRequests;
type OfMission = Refusing<'mission_not_found'>;
const ROUND = 200;

/** What is said and what happened in a mission, in order. */
@Injectable()
export class Thread {
  constructor(
    private readonly desk: MissionDesk,
    private readonly missions: MissionRepository,
    private readonly entries: ThreadRepository,
    private readonly artifacts: ArtifactRepository,
  ) {}

  async list({ id, ...filter }: InputOf<Requests['listThread']>, context: OfMission) {
    await this.expectVisible(id, context);
    const page = await this.entries.list(id, filter);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async comment(input: InputOf<Requests['addComment']>, context: RequestContext<Requests['addComment']>) {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.addComment;
    return this.add(
      { contract, input, context },
      { kind: 'comment', text: input.text, taskId: input.taskId ?? null, artifactIds: input.artifactIds },
    );
  }

  async entry(input: InputOf<Requests['addEntry']>, context: RequestContext<Requests['addEntry']>) {
    requireService(context);
    const contract = missionsRequests.addEntry;
    const { taskId, kind, author, text, data, artifactIds } = input;
    return this.add({ contract, input, context }, { taskId, kind, author, text, data, artifactIds });
  }

  /** Entries behind the cursor, which is the sequence number of the last one seen. */
  async follow(
    { id, after = '0' }: InputOf<Requests['followThread']>,
    context: RequestContext<Requests['followThread']>,
  ): Promise<OutputOf<Requests['followThread']>> {
    await this.expectVisible(id, context);
    if (!/^\d{1,9}$/.test(after))
      throw context.fail('invalid_input', {
        issues: [{ path: 'after', message: 'pass back a cursor unchanged' }],
      });
    const rows = await this.entries.after(id, { seq: Number(after), limit: ROUND + 1 });
    const entries = rows.slice(0, ROUND).map((row) => ({ cursor: String(row.seq), data: row.reply() }));
    return { entries, cursor: entries.at(-1)?.cursor ?? after, more: rows.length > ROUND };
  }

  private async add<C extends Requests['addComment' | 'addEntry']>(
    {
      contract,
      input,
      context,
    }: {
      contract: C;
      input: InputOf<C>;
      context: Refusing<'mission_not_found' | 'task_not_found' | 'artifact_not_found'>;
    },
    entry: Pick<ThreadEntry, 'kind' | 'text' | 'taskId' | 'artifactIds'> &
      Partial<Pick<ThreadEntry, 'author' | 'data'>>,
  ): Promise<OutputOf<C>> {
    // Artifacts never change and go with their mission only, so they may be looked at before it is locked.
    const artifactIds = [...new Set(entry.artifactIds)];
    if (artifactIds.length > 0 && (await this.artifacts.count(input.id, artifactIds)) < artifactIds.length)
      throw context.fail('artifact_not_found');
    return this.desk.change(
      { contract, input: input as CallInputOf<C>, context },
      missing(input.id, context),
      (open) => {
        if (entry.taskId && !open.task(entry.taskId)) throw context.fail('task_not_found');
        const row = open.note({ ...entry, artifactIds });
        return () => row.reply() as OutputOf<C>;
      },
    );
  }

  private async expectVisible(id: string, context: OfMission) {
    if (!(await this.missions.findFor(context.actor, id))) throw context.fail('mission_not_found');
  }
}
