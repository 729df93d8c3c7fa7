import { modelsRequests } from '@aether/contracts/models';
import { Messaging } from '@aether/messaging/messaging';
import type { ServiceParts } from '@aether/runtime/service';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ManageBudgets } from './budgets/manage-budgets.js';
import { IssueVirtualKey } from './keys/issue-virtual-key.js';
import { ManageVirtualKeys } from './keys/manage-virtual-keys.js';
import { CheckProvider } from './provider/check-provider.js';
import { GetEndpoint } from './provider/get-endpoint.js';
import { ReadProviders } from './provider/read-providers.js';
import { SaveProvider } from './provider/save-provider.js';
import { MissionSessions } from './sessions/mission-sessions.js';
import { OPERATIONS } from './tokens.js';
import { ListUsage } from './usage/list-usage.js';
import { ReadUsageChecks } from './usage-checks/read-usage-checks.js';
import { UsageChecker } from './usage-checks/usage-checker.js';
import { SummariseUsage } from './usage/summarise-usage.js';

@Injectable()
export class ModelsController implements OnModuleInit {
  constructor(
    private readonly messaging: Messaging,
    @Inject(OPERATIONS) private readonly operations: ServiceParts['operations'],
    private readonly getEndpoint: GetEndpoint,
    private readonly checkProvider: CheckProvider,
    private readonly issueVirtualKey: IssueVirtualKey,
    private readonly virtualKeys: ManageVirtualKeys,
    private readonly listUsage: ListUsage,
    private readonly summariseUsage: SummariseUsage,
    private readonly usageChecks: ReadUsageChecks,
    private readonly usageChecker: UsageChecker,
    private readonly readProviders: ReadProviders,
    private readonly saveProvider: SaveProvider,
    private readonly budgets: ManageBudgets,
    private readonly sessions: MissionSessions,
  ) {}

  onModuleInit(): void {
    this.messaging.serve(modelsRequests, {
      ...this.operations,
      getEndpoint: (_input, context) => this.getEndpoint.execute(context),
      checkProvider: (_input, context) => this.checkProvider.execute(context),
      issueVirtualKey: (input, context) => this.issueVirtualKey.execute(input, context),
      listVirtualKeys: (query, context) => this.virtualKeys.list(query, context),
      createVirtualKey: (input, context) => this.virtualKeys.create(input, context),
      revokeVirtualKey: (input, context) => this.virtualKeys.revoke(input, context),
      attributeSession: (input, context) => this.sessions.attribute(input, context),
      listUsage: (query, context) => this.listUsage.execute(query, context),
      summariseUsage: (query, context) => this.summariseUsage.execute(query, context),
      listUsageChecks: (query, context) => this.usageChecks.list(query, context),
      summariseUsageChecks: (query, context) => this.usageChecks.summarise(query, context),
      checkUsage: (input, context) => this.usageChecker.execute(input, context),
      listProviders: (_input, context) => this.readProviders.list(context),
      createProvider: (input, context) => this.saveProvider.create(input, context),
      updateProvider: (input, context) => this.saveProvider.update(input, context),
      deleteProvider: (input, context) => this.saveProvider.remove(input, context),
      listOfferedModels: (input, context) => this.readProviders.offered(input, context),
      getDefaultModels: (_input, context) => this.readProviders.defaults(context),
      setDefaultModels: (input, context) => this.readProviders.setDefaults(input, context),
      listModelBudgets: (_input, context) => this.budgets.list(context),
      setModelBudget: (input, context) => this.budgets.set(input, context),
      deleteModelBudget: (input, context) => this.budgets.remove(input, context),
    });
  }
}
