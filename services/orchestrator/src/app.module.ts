import { Messaging } from '@aether/messaging/messaging';
import { Database } from '@aether/persistence/database';
import { EventConsumers } from '@aether/persistence/event-consumers';
import type { ServiceParts } from '@aether/runtime/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { AnswerPerson } from './jason/answer-person.js';
import { Capabilities } from './jason/capabilities.js';
import { ConversationFeed } from './jason/conversation-feed.js';
import { ConversationRepository } from './jason/conversation.repository.js';
import { Converse } from './jason/converse.js';
import { FollowConversation } from './jason/follow-conversation.js';
import { JasonWorker } from './jason/jason-worker.js';
import { JobRepository } from './jason/job.repository.js';
import { ModelAccess } from './jason/model-access.js';
import { PlanMission } from './jason/plan-mission.js';
import { OrchestratorConsumers } from './orchestrator.consumers.js';
import { OrchestratorController } from './orchestrator.controller.js';
import { LOGGER, OPERATIONS } from './tokens.js';

@Module({})
export class AppModule {
  static register(service: ServiceParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [OrchestratorController],
      providers: [
        { provide: Messaging, useValue: service.messaging },
        { provide: Database, useValue: service.database },
        { provide: EventConsumers, useValue: service.consumers },
        { provide: LOGGER, useValue: service.logger },
        { provide: OPERATIONS, useValue: service.operations },
        OrchestratorConsumers,
        JobRepository,
        JasonWorker,
        ModelAccess,
        Capabilities,
        PlanMission,
        ConversationRepository,
        ConversationFeed,
        AnswerPerson,
        Converse,
        FollowConversation,
      ],
    };
  }
}
