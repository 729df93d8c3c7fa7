import { orchestratorCatalog } from '@aether/contracts/orchestrator';
import { DatabaseConfig } from '@aether/runtime/config';
import { defineService } from '@aether/runtime/service';
import { AppModule } from './app.module.js';
import { ConversationRow } from './jason/conversation.entity.js';
import { JasonMessageRow } from './jason/jason-message.entity.js';
import { JasonJob } from './jason/job.entity.js';
import { CreateOrchestrator1763895000000 } from './migrations/1763895000000-create-orchestrator.js';

export const orchestratorService = defineService({
  name: 'orchestrator',
  catalog: orchestratorCatalog,
  config: DatabaseConfig,
  schema: {
    entities: [ConversationRow, JasonMessageRow, JasonJob],
    migrations: [CreateOrchestrator1763895000000],
  },
  module: (parts) => AppModule.register(parts),
});
