import { deployerRequests } from '@aether/contracts/deployer';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { requireServiceOr } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { PlanDeployment } from './plan-deployment.js';
import { findPreset } from './presets/preset.repository.js';
import { Worker } from './worker/worker.js';

const contract = deployerRequests.createDeployments;
type Contract = typeof contract;

/** One transaction for all: none is made where one cannot be. */
@Injectable()
export class CreateDeployments {
  constructor(
    private readonly database: Database,
    private readonly plans: PlanDeployment,
    private readonly worker: Worker,
  ) {}

  async execute(input: InputOf<Contract>, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireServiceOr(context, 'deployments:write');
    const plan = await this.plans.plan(await this.asked(input, context), context);
    const reply = await this.database.once({ contract, input, context }, async (tx) => {
      const items = [];
      for (const name of namesOf(input)) items.push(await this.plans.insert(tx, { name, plan }, context));
      return { items };
    });
    this.worker.wake();
    return reply;
  }

  private async asked(input: InputOf<Contract>, context: RequestContext<Contract>) {
    const { preset, template = '', runtime = 'process', model, settings, visibility } = input;
    if (preset === undefined) return { template, runtime, model, settings, visibility };
    const saved = await this.database.read((manager) => findPreset(manager, preset));
    if (!saved) throw context.fail('preset_not_found');
    return { ...saved.toPreset(), model: saved.model ?? undefined, visibility };
  }
}

function namesOf({ name, count }: { name: string; count: number }): string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}
