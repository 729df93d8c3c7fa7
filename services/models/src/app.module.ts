import { Messaging } from '@aether/messaging/messaging';
import { Database } from '@aether/persistence/database';
import { EventConsumers } from '@aether/persistence/event-consumers';
import { systemClock } from '@aether/runtime/clock';
import type { ServiceParts } from '@aether/runtime/service';
import { Module, type DynamicModule } from '@nestjs/common';
import { CheckBudgets } from './budgets/check-budgets.js';
import { ManageBudgets } from './budgets/manage-budgets.js';
import { ModelBudgetRepository } from './budgets/model-budget.repository.js';
import { AnswerCall } from './calls/answer-call.js';
import { EndpointServer } from './calls/endpoint.server.js';
import { FirstToAnswer } from './calls/first-to-answer.js';
import type { ModelsConfig } from './config.js';
import { AuthenticateKey } from './keys/authenticate-key.js';
import { IssueVirtualKey } from './keys/issue-virtual-key.js';
import { ManageVirtualKeys } from './keys/manage-virtual-keys.js';
import { RevokeVirtualKeys } from './keys/revoke-virtual-keys.js';
import { VirtualKeyRepository } from './keys/virtual-key.repository.js';
import { ModelsConsumers } from './models.consumers.js';
import { ModelsController } from './models.controller.js';
import { CheckProvider } from './provider/check-provider.js';
import { GetEndpoint } from './provider/get-endpoint.js';
import { ModelCatalogue } from './provider/model-catalogue.js';
import { ModelProviderRepository } from './provider/model-provider.repository.js';
import { Providers } from './provider/providers.js';
import { ReadProviders } from './provider/read-providers.js';
import { SaveProvider } from './provider/save-provider.js';
import { MissionSessions } from './sessions/mission-sessions.js';
import { CLOCK, CONFIG, LOGGER, OPERATIONS } from './tokens.js';
import { ListUsage } from './usage/list-usage.js';
import { SummariseUsage } from './usage/summarise-usage.js';
import { UsageLedger } from './usage/usage-ledger.js';
import { CheckChat } from './usage-checks/check-chat.js';
import { ReadUsageChecks } from './usage-checks/read-usage-checks.js';
import { UsageCheckRepository } from './usage-checks/usage-check.repository.js';
import { UsageChecker } from './usage-checks/usage-checker.js';
import { UsageRepository } from './usage/usage.repository.js';

@Module({})
export class AppModule {
  static register({
    config,
    logger,
    messaging,
    database,
    consumers,
    operations,
  }: ServiceParts<ModelsConfig>): DynamicModule {
    return {
      module: AppModule,
      providers: [
        { provide: Messaging, useValue: messaging },
        { provide: Database, useValue: database },
        { provide: EventConsumers, useValue: consumers },
        { provide: CONFIG, useValue: config },
        { provide: LOGGER, useValue: logger },
        { provide: OPERATIONS, useValue: operations },
        { provide: CLOCK, useValue: systemClock },
        VirtualKeyRepository,
        AuthenticateKey,
        IssueVirtualKey,
        RevokeVirtualKeys,
        ManageVirtualKeys,
        ModelCatalogue,
        GetEndpoint,
        CheckProvider,
        ModelProviderRepository,
        Providers,
        ReadProviders,
        SaveProvider,
        ModelBudgetRepository,
        CheckBudgets,
        ManageBudgets,
        MissionSessions,
        FirstToAnswer,
        AnswerCall,
        EndpointServer,
        UsageRepository,
        UsageLedger,
        ListUsage,
        SummariseUsage,
        UsageCheckRepository,
        CheckChat,
        UsageChecker,
        ReadUsageChecks,
        ModelsController,
        ModelsConsumers,
      ],
    };
  }
}
