import type { InputOf } from '@aether/contracts/contract';
import type { Caps, executionRequests } from '@aether/contracts/execution';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { CapsRepository } from './caps.repository.js';
import { Scheduler } from './scheduler.js';

type Contract = typeof executionRequests.setCaps;

@Injectable()
export class SetCaps {
  constructor(
    private readonly caps: CapsRepository,
    private readonly scheduler: Scheduler,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<Caps> {
    requirePermission(context, 'settings:write');
    const caps = await this.caps.set(input);
    this.scheduler.wake();
    return caps;
  }
}
