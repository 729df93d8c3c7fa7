import { randomBytes } from 'node:crypto';
import { freemem } from 'node:os';
import { readFile } from 'node:fs/promises';
import type { TaskWait } from '@aether/contracts/execution';
import { missionsRequests } from '@aether/contracts/missions';
import type { ReadyTask } from '@aether/contracts/mission-schemas';
import { serviceContext } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Messaging } from '@aether/messaging/messaging';
import { Database } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { AttemptRow } from '../attempts/attempt.entity.js';
import { AttemptRepository } from '../attempts/attempt.repository.js';
import { AttemptWorker } from '../attempts/attempt-worker.js';
import type { OrchestratorConfig } from '../config.js';
import { Disk } from '../disk/disk.js';
import { Pool } from '../pool/pool.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import { Admission, type Admitted } from './admission.js';
import { CapsRepository } from './caps.repository.js';
import { DeployMissing } from './deploy-missing.js';
import { inOrder } from './order.js';
import { TaskWaits } from './task-waits.js';

/** A safety net, and how soon memory or a pause is looked at again. */
const LOOK_EVERY_MS = 2_000;
const READY_MAX = 1_000;
const LACKING = new Set<TaskWait['code']>(['capability_missing', 'agent_needed']);

/** Always asks the same question of the graph: which tasks could start now, and who shall do them? */
@Injectable()
export class Scheduler implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly looking: Periodic;

  constructor(
    private readonly messaging: Messaging,
    private readonly database: Database,
    private readonly pool: Pool,
    private readonly attempts: AttemptRepository,
    private readonly worker: AttemptWorker,
    private readonly caps: CapsRepository,
    private readonly waits: TaskWaits,
    private readonly deployMissing: DeployMissing,
    private readonly disk: Disk,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: OrchestratorConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.looking = new Periodic({
      everyMs: LOOK_EVERY_MS,
      work: () => this.look(),
      reportFault: (err) => this.logger.info({ err }, 'tasks cannot be scheduled now'),
    });
  }

  onApplicationBootstrap(): void {
    this.worker.onFreed(() => this.wake());
    this.looking.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.looking.stop();
  }

  /** Something has changed that may let a task start. */
  wake(): void {
    this.looking.wake();
  }

  private async look(): Promise<void> {
    const context = serviceContext('orchestrator');
    const { items } = await this.messaging.call(
      missionsRequests.listReadyTasks,
      { limit: READY_MAX },
      context,
    );
    if (items.length === 0) return this.waits.replace([]);
    const [agents, caps, memoryFreeMb, { freeBytes }] = await Promise.all([
      this.pool.current(),
      this.caps.get(),
      availableMb(),
      this.disk.volume(),
    ]);
    const diskFreeMb = freeBytes / 1_048_576;
    const waits: TaskWait[] = [];
    let begun = 0;
    await this.database.transaction(context, async (tx) => {
      // Two instances that choose at the same time would both fill the last place.
      await tx.manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('admission', 0))`);
      const loads = await this.attempts.loads(tx.manager);
      const waiting = items.filter(({ id }) => !loads.tasks.has(id));
      const before = await this.attempts.ofTasks(
        tx.manager,
        waiting.map(({ id }) => id),
      );
      const now = this.clock.now();
      const { config } = this;
      const admission = new Admission({ agents, caps, loads, before, now, memoryFreeMb, diskFreeMb, config });
      for (const task of inOrder(waiting, now)) {
        const decision = admission.decide(task);
        if ('wait' in decision) waits.push(decision.wait);
        else {
          await this.attempts.insert(
            tx,
            begin(task, decision, { now, correlationId: context.correlationId }),
          );
          begun += 1;
        }
      }
    });
    if (begun > 0) this.worker.wake();
    await this.waits.replace(waits);
    await this.deployMissing.consider(
      items.filter(({ id }) => waits.some(({ taskId, code }) => taskId === id && LACKING.has(code))),
    );
  }
}

function begin(
  task: ReadyTask,
  { agent, reasons, number, conflictingCommit, ports }: Admitted,
  { now, correlationId }: { now: Date; correlationId: string },
): AttemptRow {
  return Object.assign(new AttemptRow(), {
    id: newId(),
    missionId: task.missionId,
    taskId: task.id,
    number,
    agent,
    choice: [...reasons],
    state: 'claiming',
    packet: null,
    conflictingCommit,
    waitsFor: null,
    deadlineAt: null,
    directory: null,
    branch: null,
    base: null,
    commit: null,
    rescueRef: null,
    ports: [...ports],
    chatId: null,
    messageId: null,
    token: randomBytes(24).toString('base64url'),
    question: null,
    acts: 0,
    answer: null,
    verdict: null,
    stop: null,
    receipt: null,
    ending: null,
    createdBy: task.mission.createdBy,
    visibility: task.mission.visibility,
    correlationId,
    dueAt: now,
    nudges: 0,
    leaseUntil: null,
    taken: 0,
    createdAt: now,
    updatedAt: now,
    finishedAt: null,
  } satisfies Partial<AttemptRow>);
}

/** Memory that programs can have, which is more than what lies idle. */
async function availableMb(): Promise<number> {
  const told = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kb = /^MemAvailable:\s+(\d+) kB$/m.exec(told)?.[1];
  return kb ? Number(kb) / 1_024 : freemem() / 1_048_576;
}
