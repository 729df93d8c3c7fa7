import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { modelsRequests } from '@aether/contracts/models';
import { requireServiceOr } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK } from '../tokens.js';
import { UsageRepository } from './usage.repository.js';

type Contract = typeof modelsRequests.summariseUsage;

const DAY_MS = 24 * 60 * 60 * 1000;

@Injectable()
export class SummariseUsage {
  constructor(
    private readonly usage: UsageRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(query: InputOf<Contract>, context: Context): Promise<OutputOf<Contract>> {
    requireServiceOr(context, 'usage:read');
    const today = Math.floor(this.clock.now().getTime() / DAY_MS) * DAY_MS;
    return { items: await this.usage.sums(query, new Date(today - (query.days - 1) * DAY_MS)) };
  }
}
