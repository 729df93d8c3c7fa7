import { orchestratorCatalog } from '@aether/contracts/orchestrator';
import { defineService } from '@aether/runtime/service';
import { AppModule } from './app.module.js';
import { AttemptRow } from './attempts/attempt.entity.js';
import { OrchestratorConfig } from './config.js';
import { ConversationRow } from './jason/conversation.entity.js';
import { ForgottenMissionRow } from './disk/forgotten-mission.entity.js';
import { JasonMessageRow } from './jason/jason-message.entity.js';
import { JasonJob } from './jason/job.entity.js';
import { CreateOrchestrator1763895000000 } from './migrations/1763895000000-create-orchestrator.js';
import { CreateExecution1764000100000 } from './migrations/1764000100000-create-execution.js';
import { AgentTools1764000300000 } from './migrations/1764000300000-agent-tools.js';
import { Workplaces1764000350000 } from './migrations/1764000350000-workplaces.js';
import { KeepDiskAndDeliver1764000400000 } from './migrations/1764000400000-keep-disk-and-deliver.js';
import { IndexAttemptsByAgent1764600000000 } from './migrations/1764600000000-index-attempts-by-agent.js';
import { ReportedCapabilities1764200000000 } from './migrations/1764200000000-reported-capabilities.js';
import { AGENT_STATE, PoolAgentRow } from './pool/pool-agent.entity.js';
import { GitRemoteRow } from './remotes/git-remote.entity.js';
import { CapsRow } from './schedule/caps.entity.js';
import { TaskWaitRow } from './schedule/task-wait.entity.js';

export const orchestratorService = defineService({
  name: 'orchestrator',
  catalog: orchestratorCatalog,
  config: OrchestratorConfig,
  schema: {
    entities: [
      ConversationRow,
      JasonMessageRow,
      JasonJob,
      AttemptRow,
      PoolAgentRow,
      TaskWaitRow,
      CapsRow,
      ForgottenMissionRow,
      GitRemoteRow,
    ],
    migrations: [
      CreateOrchestrator1763895000000,
      CreateExecution1764000100000,
      AgentTools1764000300000,
      Workplaces1764000350000,
      KeepDiskAndDeliver1764000400000,
      ReportedCapabilities1764200000000,
      IndexAttemptsByAgent1764600000000,
    ],
  },
  counted: [
    { figure: 'aether_attempts', help: 'Attempts at tasks by state.', rows: AttemptRow, by: 'state' },
    {
      figure: 'aether_agents',
      help: 'Agents of the pool by state.',
      rows: PoolAgentRow,
      by: 'state',
      expression: AGENT_STATE,
    },
  ],
  module: (parts) => AppModule.register(parts),
});
