import { missionsEvents } from '@aether/contracts/missions';
import { openclawEvents } from '@aether/contracts/openclaw';
import type { Mission, Task } from '@aether/contracts/mission-schemas';
import { topology } from '@aether/contracts/topology';
import type { Transaction } from '@aether/persistence/database';
import { EventConsumers, onEvent } from '@aether/persistence/event-consumers';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { AttemptRow } from './attempts/attempt.entity.js';
import { AttemptRepository } from './attempts/attempt.repository.js';
import { AttemptWorker } from './attempts/attempt-worker.js';
import { Trace } from './attempts/trace.js';
import { ForgetMissions } from './disk/forget-missions.js';
import { JasonWorker } from './jason/jason-worker.js';
import { JobRepository } from './jason/job.repository.js';
import { Pool } from './pool/pool.js';
import { Scheduler } from './schedule/scheduler.js';

type Told = Parameters<AttemptRepository['nudge']>[2];

/** What happens elsewhere and lets something go on here. */
@Injectable()
export class OrchestratorConsumers implements OnModuleInit {
  constructor(
    private readonly consumers: EventConsumers,
    private readonly jobs: JobRepository,
    private readonly worker: JasonWorker,
    private readonly attempts: AttemptRepository,
    private readonly attemptWorker: AttemptWorker,
    private readonly scheduler: Scheduler,
    private readonly pool: Pool,
    private readonly trace: Trace,
    private readonly forgetMissions: ForgetMissions,
  ) {}

  onModuleInit(): void {
    const [plans, missions, agents, acts] = topology.orchestrator.durables;
    this.consumers.add(plans, [
      onEvent(missionsEvents.planRequested, async ({ mission, comment, tasks }, transaction) => {
        await this.jobs.add(transaction, { kind: 'plan', missionId: mission.id, comment, tasks });
        transaction.afterCommit(() => this.worker.wake());
      }),
    ]);
    this.consumers.add(missions, [
      onEvent(missionsEvents.missionChanged, ({ mission, from }, tx) =>
        this.missionChanged(mission, from, tx),
      ),
      onEvent(missionsEvents.missionDeleted, ({ missionId }, tx) => this.forgetMissions.begin(missionId, tx)),
      onEvent(missionsEvents.taskChanged, ({ task }, tx) => this.taskChanged(task, tx)),
      onEvent(missionsEvents.taskReviewed, ({ task, verdict }, tx) =>
        this.tell(tx, { id: task.attemptId ?? '', taskId: task.id }, { verdict }),
      ),
      onEvent(missionsEvents.questionAnswered, ({ task, text }, tx) =>
        this.tell(tx, { id: task.attemptId ?? '', taskId: task.id }, { answer: text }),
      ),
    ]);
    this.consumers.add(agents, [
      onEvent(openclawEvents.messageFinished, ({ message }, tx) => this.tell(tx, { chatId: message.chatId })),
      onEvent(openclawEvents.connectionChanged, (_, tx) => {
        tx.afterCommit(() => {
          this.pool.forget();
          this.scheduler.wake();
        });
        return Promise.resolve();
      }),
    ]);
    this.consumers.add(acts, [
      onEvent(openclawEvents.toolFinished, ({ chatId, toolCall }) => this.trace.tool(chatId, toolCall)),
      onEvent(openclawEvents.approvalRequested, ({ approval }) => this.trace.approvalRequested(approval)),
      onEvent(openclawEvents.approvalDecided, ({ approval }) => this.trace.approvalDecided(approval)),
    ]);
  }

  private async missionChanged(mission: Mission, from: Mission['state'], tx: Transaction): Promise<void> {
    if (mission.state === 'finishing' && from !== 'finishing') {
      await this.jobs.add(tx, { kind: 'report', missionId: mission.id });
      tx.afterCommit(() => this.worker.wake());
    }
    if (mission.state === 'running') tx.afterCommit(() => this.scheduler.wake());
  }

  /** A task that was taken from its attempt takes the attempt with it. Older news of the same task say nothing. */
  private async taskChanged({ id: taskId, state, attemptId, reason }: Task, tx: Transaction): Promise<void> {
    if (state === 'waiting') tx.afterCommit(() => this.scheduler.wake());
    if (attemptId === null || !['waiting', 'failed', 'cancelled'].includes(state)) return;
    const stop = reason ?? {
      code: `task_${state}`,
      cause: state === 'cancelled' ? 'The task was cancelled.' : 'The task was taken back.',
      remedy: 'Nothing: what was done is kept.',
    };
    await this.tell(tx, { id: attemptId, taskId }, { stop });
  }

  private async tell(
    tx: Transaction,
    which: Partial<Pick<AttemptRow, 'id' | 'taskId' | 'chatId'>>,
    told: Told = {},
  ): Promise<void> {
    if (which.id === '') return;
    if (await this.attempts.nudge(tx.manager, which, told)) tx.afterCommit(() => this.attemptWorker.wake());
  }
}
