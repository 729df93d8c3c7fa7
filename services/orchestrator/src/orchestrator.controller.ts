import { orchestratorRequests } from '@aether/contracts/orchestrator';
import { Messaging } from '@aether/messaging/messaging';
import type { ServiceParts } from '@aether/runtime/service';
import { Controller, Inject, type OnModuleInit } from '@nestjs/common';
import { ReadAttempts } from './attempts/read-attempts.js';
import { RollBack } from './attempts/roll-back.js';
import { Converse } from './jason/converse.js';
import { FollowConversation } from './jason/follow-conversation.js';
import { InspectRepository } from './git/inspect-repository.js';
import { Pool } from './pool/pool.js';
import { DeliverAgain } from './delivery/deliver-again.js';
import { Disk } from './disk/disk.js';
import { ManageRemotes } from './remotes/manage-remotes.js';
import { CapsRepository } from './schedule/caps.repository.js';
import { SetCaps } from './schedule/set-caps.js';
import { TaskWaits } from './schedule/task-waits.js';
import { OPERATIONS } from './tokens.js';

@Controller()
export class OrchestratorController implements OnModuleInit {
  constructor(
    private readonly messaging: Messaging,
    @Inject(OPERATIONS) private readonly operations: ServiceParts['operations'],
    private readonly converse: Converse,
    private readonly followConversation: FollowConversation,
    private readonly pool: Pool,
    private readonly attempts: ReadAttempts,
    private readonly waits: TaskWaits,
    private readonly caps: CapsRepository,
    private readonly setCaps: SetCaps,
    private readonly rollBack: RollBack,
    private readonly remotes: ManageRemotes,
    private readonly disk: Disk,
    private readonly repositories: InspectRepository,
    private readonly deliverAgain: DeliverAgain,
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
      listPool: () => this.pool.list(),
      updatePoolAgent: (input, context) => this.pool.update(input, context),
      listAttempts: (query, context) => this.attempts.list(query, context),
      getAttempt: (input, context) => this.attempts.get(input, context),
      getDiff: (input, context) => this.attempts.diff(input, context),
      explainTask: (input, context) => this.waits.explain(input, context),
      listWaits: (input, context) => this.waits.list(input, context),
      getCaps: () => this.caps.get(),
      setCaps: (input, context) => this.setCaps.execute(input, context),
      rollBackMission: (input, context) => this.rollBack.execute(input, context),
      deliverMission: (input, context) => this.deliverAgain.execute(input, context),
      getWorkspaces: (_input, { actor }) => this.disk.workspaces(actor),
      listRepositories: (_input, context) => this.repositories.list(context),
      inspectRepository: (input, context) => this.repositories.inspect(input, context),
      createGitRemote: (input, context) => this.remotes.create(input, context),
      listGitRemotes: (query) => this.remotes.list(query),
      getGitRemote: ({ id }, context) => this.remotes.get(id, context),
      updateGitRemote: (input, context) => this.remotes.update(input, context),
      deleteGitRemote: (input, context) => this.remotes.remove(input, context),
    });
  }
}
