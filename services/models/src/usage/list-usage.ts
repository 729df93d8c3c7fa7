import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { modelsRequests } from '@aether/contracts/models';
import type { Context } from '@aether/messaging/context';
import { Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import { UsageRepository } from './usage.repository.js';

type Contract = typeof modelsRequests.listUsage;

@Injectable()
export class ListUsage {
  constructor(private readonly usage: UsageRepository) {}

  async execute(query: InputOf<Contract>, context: Context): Promise<OutputOf<Contract>> {
    requireServiceOr(context, 'usage:read');
    return this.usage.page(query);
  }
}
