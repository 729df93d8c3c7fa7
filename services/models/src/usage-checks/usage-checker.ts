import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { usageChecksRequests } from '@aether/contracts/usage-checks';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import type { Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Periodic } from '@aether/runtime/periodic';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { ModelsConfig } from '../config.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import { CheckChat } from './check-chat.js';
import { UsageCheckRepository } from './usage-check.repository.js';

type Contract = (typeof usageChecksRequests)['checkUsage'];

const AT_ONCE = 4;
const ASKED_MAX = 50;
/** Within the 45 s that the request has, with one check of 20 s at the end. */
const ASKED_WITHIN_MS = 20_000;

/** Has chats checked a while after each turn, and when somebody asks. */
@Injectable()
export class UsageChecker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly periodic: Periodic;
  private readonly afterMs: number;

  constructor(
    private readonly checkChat: CheckChat,
    private readonly checks: UsageCheckRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) config: ModelsConfig,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.afterMs = config.USAGE_CHECK_AFTER_MS;
    this.periodic = new Periodic({
      everyMs: this.afterMs,
      work: async () => {
        while ((await this.some()).taken === AT_ONCE);
      },
      reportFault: (err) => logger.warn({ err }, 'usage cannot be checked now'),
    });
  }

  onApplicationBootstrap(): void {
    this.periodic.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.periodic.stop();
  }

  /** A turn of the chat has ended. */
  async afterTurn(chatId: string, transaction: Transaction): Promise<void> {
    const dueAt = new Date(this.clock.now().getTime() + this.afterMs);
    await this.checks.expect(transaction, { id: chatId, dueAt });
  }

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requirePermission(context, 'deployments:write');
    const began = this.clock.now().getTime();
    let left = await this.checks.hasten(input, new Date(began));
    if (left === 0 && (input.chatId ?? input.deploymentId)) throw context.fail('usage_check_not_found');
    let checked = 0;
    for (let round = 0; left > 0 && round < ASKED_MAX / AT_ONCE; round++) {
      const { taken, found } = await this.some();
      checked += found;
      left -= taken;
      if (taken === 0 || this.clock.now().getTime() - began > ASKED_WITHIN_MS) break;
    }
    return { checked, left: Math.max(left, 0) };
  }

  private async some(): Promise<{ taken: number; found: number }> {
    const rows = await this.checks.take(AT_ONCE, this.clock.now());
    const findings = await Promise.all(rows.map((row) => this.checkChat.execute(row)));
    return { taken: rows.length, found: findings.filter(Boolean).length };
  }
}
