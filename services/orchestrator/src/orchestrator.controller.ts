import { orchestratorRequests } from '@aether/contracts/orchestrator';
import { Messaging } from '@aether/messaging/messaging';
import type { ServiceParts } from '@aether/runtime/service';
import { Controller, Inject, type OnModuleInit } from '@nestjs/common';
import { Converse } from './jason/converse.js';
import { FollowConversation } from './jason/follow-conversation.js';
import { OPERATIONS } from './tokens.js';

@Controller()
export class OrchestratorController implements OnModuleInit {
  constructor(
    private readonly messaging: Messaging,
    @Inject(OPERATIONS) private readonly operations: ServiceParts['operations'],
    private readonly converse: Converse,
    private readonly followConversation: FollowConversation,
  ) {}

  onModuleInit(): void {
    this.messaging.serve(orchestratorRequests, {
      ...this.operations,
      createConversation: (input, context) => this.converse.create(input, context),
      listConversations: (query, context) => this.converse.list(query, context),
      getConversation: ({ id }, context) => this.converse.get(id, context),
      deleteConversation: (input, context) => this.converse.remove(input, context),
      sayToJason: (input, context) => this.converse.say(input, context),
      abortJason: (input, context) => this.converse.abort(input, context),
      listJasonMessages: (query, context) => this.converse.messages(query, context),
      followConversation: (input, context) => this.followConversation.execute(input, context),
    });
  }
}
