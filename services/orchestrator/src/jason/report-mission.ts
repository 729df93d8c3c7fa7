import { ContractFailure } from '@aether/contracts/failure';
import { missionsRequests } from '@aether/contracts/missions';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import type { Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import { generateText } from 'ai';
import { allPages } from '../all-pages.js';
import { Deliver } from '../delivery/deliver.js';
import { RepositoryError } from '../git/repository.js';
import { SendArtifact } from '../artifacts/send-artifact.js';
import { Places } from '../attempts/places.js';
import { LOGGER } from '../tokens.js';
import type { ReportWork } from './job.entity.js';
import { ModelAccess } from './model-access.js';
import { Prompt } from './prompts.js';
import { factsOf } from './report-facts.js';

const prompt = new Prompt('report.md', ['facts']);
const CALL_TIMEOUT_MS = 120_000;
const LOG_MAX = 20_000;

/** Ends a mission whose tasks have all ended: Jason's words, and below them the facts, which are not his. */
@Injectable()
export class ReportMission {
  constructor(
    private readonly messaging: Messaging,
    private readonly models: ModelAccess,
    private readonly places: Places,
    private readonly artifacts: SendArtifact,
    private readonly delivering: Deliver,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async execute(
    { missionId }: ReportWork,
    { context, signal }: { context: Context; signal: AbortSignal },
  ): Promise<void> {
    const ref = { id: missionId };
    try {
      const mission = await this.messaging.call(missionsRequests.getMission, ref, context);
      if (mission.state !== 'finishing') return;
      const tasks = await this.tasksOf(missionId, context);
      const result = await this.result(mission);
      const facts = factsOf(mission, tasks, result?.log ?? null);
      const words = await this.words(mission, facts, signal);
      if (signal.aborted) return;
      const told = [words, facts].filter(Boolean).join('\n\n');
      const report = [told, await this.deliver(mission, told, context)].filter(Boolean).join('\n\n');
      if (result)
        await this.keep(mission, { name: 'mission.patch', kind: 'patch', text: result.patch }, context);
      await this.keep(mission, { name: 'report.md', kind: 'report', text: report }, context);
      const isDone = tasks.some(({ state }) => state === 'accepted');
      await this.messaging.call(
        missionsRequests.finishMission,
        {
          ...ref,
          outcome: isDone ? 'completed' : 'failed',
          report,
          ...(!isDone && {
            reason: {
              code: 'nothing_accepted',
              cause: 'None of its tasks was accepted.',
              remedy: 'Put another mission on the board.',
            },
          }),
        },
        context,
      );
    } catch (error) {
      const isOver =
        error instanceof ContractFailure &&
        ['mission_not_found', 'transition_not_allowed'].includes(error.code);
      if (!isOver) throw error;
    }
  }

  /** What the report says about it. A mission whose work cannot be delivered is done all the same. */
  private async deliver(mission: Mission, report: string, context: Context): Promise<string> {
    try {
      const deliveredTo = await this.delivering.execute(
        mission,
        { delivery: mission.delivery, report },
        context,
      );
      return deliveredTo === null ? '' : `Delivered: ${deliveredTo}`;
    } catch (error) {
      if (!(error instanceof RepositoryError)) throw error;
      return `Not delivered: ${error.message}`;
    }
  }

  private async tasksOf(missionId: string, context: Context): Promise<Task[]> {
    const tasks = await allPages((at) =>
      this.messaging.call(missionsRequests.listTasks, { missionId, limit: 50, ...at }, context),
    );
    return tasks.reverse();
  }

  /** What is in the mission's branch and was not where it began. */
  private async result(mission: Mission): Promise<{ log: string; patch: string } | null> {
    const repository = await this.places.repositoryOf(mission);
    const base = await repository?.resolve(this.places.baseRefOf(mission.id));
    const head = mission.branch && (await repository?.resolve(`refs/heads/${mission.branch}`));
    if (!repository || !base || !head || base === head) return null;
    const log = (await repository.log(base, head)).slice(0, LOG_MAX).trimEnd();
    return { log, patch: await repository.patch(base, head) };
  }

  private async keep(
    { id: missionId }: Mission,
    { name, kind, text }: { name: string; kind: 'patch' | 'report'; text: string },
    context: Context,
  ): Promise<void> {
    const mediaType = kind === 'patch' ? 'text/x-diff' : 'text/markdown';
    await this.artifacts.send({ missionId, name, kind, mediaType, content: Buffer.from(text) }, context);
  }

  /** The demo model has none of its own. A report without words is better than none. */
  private async words({ id }: Mission, facts: string, signal: AbortSignal): Promise<string> {
    try {
      const { model, demo } = await this.models.open(id);
      if (demo) return '*Demo: no language model has summed this up. The facts:*';
      const { text } = await generateText({
        model,
        prompt: prompt.render({ facts }),
        abortSignal: signal,
        maxRetries: 1,
        timeout: { totalMs: CALL_TIMEOUT_MS },
      });
      return text.trim();
    } catch (error) {
      this.logger.info({ err: error }, 'a report goes out without words of the model');
      return '';
    }
  }
}
