import { Messaging } from '@aether/messaging/messaging';
import { Database } from '@aether/persistence/database';
import { EventConsumers } from '@aether/persistence/event-consumers';
import { systemClock } from '@aether/runtime/clock';
import type { ServiceParts } from '@aether/runtime/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { ArtifactRepository } from './artifacts/artifact.repository.js';
import { openStore } from './artifacts/open-store.js';
import { PutArtifact } from './artifacts/put-artifact.js';
import { ReadArtifacts } from './artifacts/read-artifacts.js';
import { TidyArtifacts } from './artifacts/tidy-artifacts.js';
import type { MissionsConfig } from './config.js';
import { History } from './history/history.js';
import { MissionsConsumers } from './missions.consumers.js';
import { MissionsController } from './missions.controller.js';
import { CreateMission } from './missions/create-mission.js';
import { Deadlines } from './missions/deadlines.js';
import { DeleteMission } from './missions/delete-mission.js';
import { MissionDesk } from './missions/mission-desk.js';
import { MissionRepository } from './missions/mission.repository.js';
import { ReadMissions } from './missions/read-missions.js';
import { SteerMission } from './missions/steer-mission.js';
import { UpdateMission } from './missions/update-mission.js';
import { BudgetRepository } from './organisation/budget.repository.js';
import { EnforceBudget } from './organisation/enforce-budget.js';
import { OrganisationBudgets } from './organisation/organisation-budget.js';
import { EditTasks } from './tasks/edit-tasks.js';
import { FollowUps } from './tasks/follow-ups.js';
import { JudgeTasks } from './tasks/judge-tasks.js';
import { RunTasks } from './tasks/run-tasks.js';
import { TaskDesk } from './tasks/task-desk.js';
import { Thread } from './thread/thread.js';
import { ThreadRepository } from './thread/thread.repository.js';
import { CLOCK, CONFIG, CONTENT, LOGGER, OPERATIONS } from './tokens.js';

@Module({})
export class AppModule {
  static register(service: ServiceParts<MissionsConfig>): DynamicModule {
    return {
      module: AppModule,
      controllers: [MissionsController],
      providers: [
        { provide: Messaging, useValue: service.messaging },
        { provide: Database, useValue: service.database },
        { provide: EventConsumers, useValue: service.consumers },
        { provide: CONFIG, useValue: service.config },
        { provide: LOGGER, useValue: service.logger },
        { provide: OPERATIONS, useValue: service.operations },
        { provide: CLOCK, useValue: systemClock },
        { provide: CONTENT, useFactory: () => openStore(service.config) },
        MissionRepository,
        ThreadRepository,
        MissionDesk,
        TaskDesk,
        CreateMission,
        UpdateMission,
        DeleteMission,
        ReadMissions,
        SteerMission,
        EditTasks,
        FollowUps,
        JudgeTasks,
        RunTasks,
        Thread,
        History,
        Deadlines,
        ArtifactRepository,
        PutArtifact,
        ReadArtifacts,
        TidyArtifacts,
        BudgetRepository,
        OrganisationBudgets,
        EnforceBudget,
        MissionsConsumers,
      ],
    };
  }
}
