import { authEvents } from '@aether/contracts/auth';
import { deployerEvents } from '@aether/contracts/deployer';
import { openclawEvents } from '@aether/contracts/openclaw';
import { missionsEvents } from '@aether/contracts/missions';
import { topology } from '@aether/contracts/topology';
import { EventConsumers, onEvent } from '@aether/persistence/event-consumers';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ManageBudgets } from './budgets/manage-budgets.js';
import { RevokeVirtualKeys } from './keys/revoke-virtual-keys.js';
import { Providers } from './provider/providers.js';
import { UsageCheckRepository } from './usage-checks/usage-check.repository.js';
import { UsageChecker } from './usage-checks/usage-checker.js';
import { MissionSessions } from './sessions/mission-sessions.js';

@Injectable()
export class ModelsConsumers implements OnModuleInit {
  constructor(
    private readonly consumers: EventConsumers,
    private readonly revokeVirtualKeys: RevokeVirtualKeys,
    private readonly providers: Providers,
    private readonly budgets: ManageBudgets,
    private readonly sessions: MissionSessions,
    private readonly usageChecker: UsageChecker,
    private readonly usageChecks: UsageCheckRepository,
  ) {}

  onModuleInit(): void {
    const [deployments, secrets, missions, chats] = topology.models.durables;
    this.consumers.add(deployments, [
      onEvent(deployerEvents.deploymentDeleted, async ({ deploymentId }, transaction) => {
        await this.revokeVirtualKeys.execute(deploymentId, transaction);
        await this.budgets.lift(transaction, { scope: 'deployment', scopeId: deploymentId });
        await this.sessions.forget(transaction, { deploymentId });
        await this.usageChecks.forget(transaction, { deploymentId });
      }),
    ]);
    this.consumers.add(secrets, [
      onEvent(authEvents.secretReplaced, ({ usedBy }) => {
        if (usedBy.includes('models')) this.providers.forgetKeys();
        return Promise.resolve();
      }),
    ]);
    this.consumers.add(chats, [
      onEvent(openclawEvents.messageFinished, ({ message }, tx) =>
        this.usageChecker.afterTurn(message.chatId, tx),
      ),
      onEvent(openclawEvents.chatDeleted, ({ chatId }, tx) => this.usageChecks.forget(tx, { id: chatId })),
    ]);
    this.consumers.add(missions, [
      onEvent(missionsEvents.missionCreated, ({ mission }, tx) => this.budgets.ofMission(mission, tx)),
      onEvent(missionsEvents.missionChanged, ({ mission }, tx) => this.budgets.ofMission(mission, tx)),
      onEvent(missionsEvents.missionDeleted, async ({ missionId }, transaction) => {
        await this.budgets.lift(transaction, { scope: 'mission', scopeId: missionId });
        await this.sessions.forget(transaction, { missionId });
      }),
      onEvent(missionsEvents.organisationBudgetChanged, ({ budget }, tx) =>
        this.budgets.ofOrganisation(budget, tx),
      ),
    ]);
  }
}
