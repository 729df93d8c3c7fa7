import { modelsRequests } from '@aether/contracts/models';
import { Messaging } from '@aether/messaging/messaging';
import type { ServiceParts } from '@aether/runtime/service';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { IssueVirtualKey } from './keys/issue-virtual-key.js';
import { CheckProvider } from './provider/check-provider.js';
import { GetEndpoint } from './provider/get-endpoint.js';
import { OPERATIONS } from './tokens.js';
import { ListUsage } from './usage/list-usage.js';

@Injectable()
export class ModelsController implements OnModuleInit {
  constructor(
    private readonly messaging: Messaging,
    @Inject(OPERATIONS) private readonly operations: ServiceParts['operations'],
    private readonly getEndpoint: GetEndpoint,
    private readonly checkProvider: CheckProvider,
    private readonly issueVirtualKey: IssueVirtualKey,
    private readonly listUsage: ListUsage,
  ) {}

  onModuleInit(): void {
    this.messaging.serve(modelsRequests, {
      ...this.operations,
      getEndpoint: (_input, context) => this.getEndpoint.execute(context),
      checkProvider: (_input, context) => this.checkProvider.execute(context),
      issueVirtualKey: (input, context) => this.issueVirtualKey.execute(input, context),
      listUsage: (query, context) => this.listUsage.execute(query, context),
    });
  }
}
