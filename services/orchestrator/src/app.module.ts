import { Messaging } from '@aether/messaging/messaging';
import { Database } from '@aether/persistence/database';
import { EventConsumers } from '@aether/persistence/event-consumers';
import { systemClock } from '@aether/runtime/clock';
import type { ServiceParts } from '@aether/runtime/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { AgentServer } from './agent-endpoint/agent-server.js';
import { AgentTools } from './agent-endpoint/agent-tools.js';
import { GitEndpoint } from './agent-endpoint/git-endpoint.js';
import { SendArtifact } from './artifacts/send-artifact.js';
import { AttemptRepository } from './attempts/attempt.repository.js';
import { AttemptWorker } from './attempts/attempt-worker.js';
import { Checks } from './attempts/checks.js';
import { Handover } from './attempts/handover.js';
import { Inheritance } from './attempts/inheritance.js';
import { Places } from './attempts/places.js';
import { ReadAttempts } from './attempts/read-attempts.js';
import { RollBack } from './attempts/roll-back.js';
import { SharedCopy } from './attempts/shared-copy.js';
import { Trace } from './attempts/trace.js';
import { Steps } from './attempts/steps.js';
import { Check } from './attempts/steps/check.js';
import { ClaimTask } from './attempts/steps/claim-task.js';
import { Close } from './attempts/steps/close.js';
import { Collect } from './attempts/steps/collect.js';
import { Accept, MergeWork } from './attempts/steps/merge.js';
import { Prepare } from './attempts/steps/prepare.js';
import { Report, Review } from './attempts/steps/report.js';
import { Ask, Work } from './attempts/steps/work.js';
import type { OrchestratorConfig } from './config.js';
import { Deliver } from './delivery/deliver.js';
import { DeliverAgain } from './delivery/deliver-again.js';
import { PullRequests } from './delivery/pull-requests.js';
import { Push } from './delivery/push.js';
import { Disk } from './disk/disk.js';
import { DiskRepository } from './disk/disk.repository.js';
import { ForgetMissions } from './disk/forget-missions.js';
import { Retention } from './disk/retention.js';
import { InspectRepository } from './git/inspect-repository.js';
import { Repositories } from './git/repositories.js';
import { Turnstile } from './git/turnstile.js';
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
import { ReportMission } from './jason/report-mission.js';
import { OrchestratorConsumers } from './orchestrator.consumers.js';
import { OrchestratorController } from './orchestrator.controller.js';
import { Pool } from './pool/pool.js';
import { PoolRepository } from './pool/pool.repository.js';
import { GitRemoteRepository } from './remotes/git-remote.repository.js';
import { ManageRemotes } from './remotes/manage-remotes.js';
import { Remotes } from './remotes/remotes.js';
import { CapsRepository } from './schedule/caps.repository.js';
import { DeployMissing } from './schedule/deploy-missing.js';
import { Scheduler } from './schedule/scheduler.js';
import { SetCaps } from './schedule/set-caps.js';
import { TaskWaits } from './schedule/task-waits.js';
import { CLOCK, CONFIG, LOGGER, OPERATIONS } from './tokens.js';

@Module({})
export class AppModule {
  static register(service: ServiceParts<OrchestratorConfig>): DynamicModule {
    return {
      module: AppModule,
      controllers: [OrchestratorController],
      providers: [
        { provide: Messaging, useValue: service.messaging },
        { provide: Database, useValue: service.database },
        { provide: EventConsumers, useValue: service.consumers },
        { provide: CLOCK, useValue: systemClock },
        { provide: CONFIG, useValue: service.config },
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
        ReportMission,
        Turnstile,
        GitRemoteRepository,
        Remotes,
        ManageRemotes,
        Repositories,
        InspectRepository,
        DiskRepository,
        ForgetMissions,
        Push,
        PullRequests,
        Deliver,
        DeliverAgain,
        Disk,
        Retention,
        Places,
        SendArtifact,
        SharedCopy,
        Handover,
        Inheritance,
        Trace,
        Checks,
        AttemptRepository,
        ClaimTask,
        Prepare,
        Work,
        Ask,
        Collect,
        Check,
        Report,
        Review,
        MergeWork,
        Accept,
        Close,
        Steps,
        AttemptWorker,
        ReadAttempts,
        RollBack,
        AgentTools,
        GitEndpoint,
        AgentServer,
        PoolRepository,
        Pool,
        CapsRepository,
        SetCaps,
        TaskWaits,
        DeployMissing,
        Scheduler,
      ],
    };
  }
}
