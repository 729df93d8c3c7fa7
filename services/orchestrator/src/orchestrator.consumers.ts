import { missionsEvents } from '@aether/contracts/missions';
import { topology } from '@aether/contracts/topology';
import { EventConsumers, onEvent } from '@aether/persistence/event-consumers';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JasonWorker } from './jason/jason-worker.js';
import { JobRepository } from './jason/job.repository.js';

@Injectable()
export class OrchestratorConsumers implements OnModuleInit {
  constructor(
    private readonly consumers: EventConsumers,
    private readonly jobs: JobRepository,
    private readonly worker: JasonWorker,
  ) {}

  onModuleInit(): void {
    const [plans] = topology.orchestrator.durables;
    this.consumers.add(plans, [
      onEvent(missionsEvents.planRequested, async ({ mission, comment, tasks }, transaction) => {
        await this.jobs.add(transaction, { kind: 'plan', missionId: mission.id, comment, tasks });
        transaction.afterCommit(() => this.worker.wake());
      }),
    ]);
  }
}
