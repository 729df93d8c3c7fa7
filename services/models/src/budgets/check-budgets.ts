import { modelsEvents } from '@aether/contracts/models';
import type { ModelBudget } from '@aether/contracts/model-budgets';
import { serviceContext } from '@aether/messaging/context';
import { Database, type Transaction } from '@aether/persistence/database';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiCall } from '../calls/api-call.js';
import { overBudget } from '../calls/api-error.js';
import { estimatedInput } from '../calls/usage-tap.js';
import type { Candidate } from '../provider/model-catalogue.js';
import { CLOCK } from '../tokens.js';
import { costOf } from '../usage/cost.js';
import type { ModelBudgetRow } from './model-budget.entity.js';
import { ModelBudgetRepository } from './model-budget.repository.js';

/** Another instance may have set a budget: it holds here after this long. */
const FRESH_MS = 2_000;
/** What a process that died had reserved is free again after this long; hardly any call takes longer. */
const HELD_MS = 15 * 60 * 1_000;

/** Whatever is paused for it and goes on all the same is to be paused again. */
const TOLD_AGAIN_MS = 30_000;

interface Asked {
  /** Of the usage record to come. */
  readonly id: string;
  readonly deploymentId: string;
  readonly missionId: string | null;
  readonly call: ApiCall;
  readonly candidates: readonly Candidate[];
  readonly at: Date;
}

interface Most {
  readonly tokens: number;
  /** Null: nobody knows what the call costs. */
  readonly usd: number | null;
}

/** Holds what a call may take at most before it is made, or refuses it. */
@Injectable()
export class CheckBudgets {
  private known: { rows: readonly ModelBudgetRow[]; readAt: number } | null = null;

  constructor(
    private readonly database: Database,
    private readonly repository: ModelBudgetRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws what the client is told where a budget has no room. Calls that no budget counts are let through. */
  async reserve(asked: Asked): Promise<void> {
    const { id, deploymentId, missionId, call, candidates, at } = asked;
    if (call.path === '/messages/count_tokens') return;
    const counting = (await this.all()).filter((budget) => budget.counts(asked));
    if (counting.length === 0) return;
    const most = mostOf(call, candidates);
    const refusal = await this.database.transaction(serviceContext('models'), async (tx) => {
      await this.repository.forgetExpired(tx, at);
      const rows = await this.repository.locked(
        tx,
        counting.map((budget) => budget.id),
      );
      for (const row of rows) {
        const budget = await this.repository.reply(tx.manager, row, at);
        const reason = whyNot(budget, most);
        if (reason === null) continue;
        await this.tell(tx, { row, budget, at });
        return reason;
      }
      const expiresAt = new Date(at.getTime() + HELD_MS);
      await this.repository.hold(tx, {
        ...{ id, deploymentId, missionId, expiresAt },
        tokens: most.tokens,
        usd: most.usd ?? 0,
      });
      return null;
    });
    if (refusal !== null) throw overBudget(refusal);
  }

  /** After a change here, so that it holds at once. */
  forget(): void {
    this.known = null;
  }

  private async all(): Promise<readonly ModelBudgetRow[]> {
    const now = this.clock.now().getTime();
    if (this.known && now - this.known.readAt < FRESH_MS) return this.known.rows;
    try {
      this.known = { rows: await this.repository.all(), readAt: now };
    } catch (error) {
      if (!this.known) throw error;
    }
    return this.known.rows;
  }

  private async tell(
    tx: Transaction,
    { row, budget, at }: { row: ModelBudgetRow; budget: ModelBudget; at: Date },
  ): Promise<void> {
    if (row.toldAt && at.getTime() - row.toldAt.getTime() < TOLD_AGAIN_MS) return;
    row.toldAt = at;
    await this.repository.save(tx, row);
    await tx.publish(modelsEvents.modelBudgetReached, { budget });
  }
}

/** The prompt by its length and the longest answer, at the price of the dearest that may answer. */
function mostOf({ path, request }: ApiCall, candidates: readonly Candidate[]): Most {
  const { inputTokens } = estimatedInput(request);
  const limits = [request.max_completion_tokens, request.max_output_tokens, request.max_tokens];
  // Of several it is the provider's to choose which counts.
  const asked = limits.filter((limit) => typeof limit === 'number');
  const longest = asked.length > 0 ? asked : candidates.map(({ maxTokens }) => maxTokens);
  const answers = Math.max(1, request.n ?? 1, request.best_of ?? 1);
  const outputTokens = path === '/embeddings' ? 0 : Math.max(0, Math.ceil(Math.max(...longest) * answers));
  const tokens = { inputTokens, cachedInputTokens: 0, outputTokens };
  const costs = candidates.map(({ prices }) => costOf(tokens, prices));
  const usd = costs.reduce((dearest, cost) =>
    dearest === null || cost === null ? null : Math.max(dearest, cost),
  );
  return { tokens: inputTokens + outputTokens, usd };
}

function whyNot(budget: ModelBudget, most: Most): string | null {
  const { scope, period, limitUsd, limitTokens } = budget;
  const whose = `The ${scope}'s budget of model calls`;
  const raise = period === 'total' ? 'Raise it.' : `Raise it, or wait for the next ${period}.`;
  if (limitTokens !== null) {
    const room = limitTokens - budget.spentTokens - budget.reservedTokens;
    if (most.tokens > room)
      return `${whose} has room for ${Math.max(0, room)} of ${limitTokens} tokens, and this call may take ${most.tokens}. ${raise}`;
  }
  if (limitUsd === null) return null;
  if (most.usd === null)
    return `${whose} is in dollars, and nobody knows what this model costs. Give the model a price at its provider.`;
  const room = limitUsd - budget.spentUsd - budget.reservedUsd;
  return most.usd > room
    ? `${whose} has room for $${Math.max(0, room).toFixed(4)} of $${limitUsd}, and this call may take $${most.usd.toFixed(4)}. ${raise}`
    : null;
}
