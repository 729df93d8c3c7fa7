import type { InputOf } from '@aether/contracts/contract';
import { missionsEvents, missionsRequests } from '@aether/contracts/missions';
import type { Mission, MissionState, StateReason } from '@aether/contracts/mission-schemas';
import { requirePermission, requireService } from '@aether/messaging/access';
import type { Refusing, RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { EnforceBudget } from '../organisation/enforce-budget.js';
import { OrganisationBudgets } from '../organisation/organisation-budget.js';
import { budgetReached } from './budget.js';
import { MissionDesk } from './mission-desk.js';
import type { OpenMission } from './open-mission.js';

type Requests = typeof missionsRequests;
type Steering = Refusing<'mission_not_found' | 'transition_not_allowed'>;

/** People's and the orchestrator's transitions of a mission as a whole. */
@Injectable()
export class SteerMission {
  constructor(
    private readonly desk: MissionDesk,
    private readonly organisation: OrganisationBudgets,
    private readonly enforcement: EnforceBudget,
  ) {}

  async plan(input: InputOf<Requests['planMission']>, context: RequestContext<Requests['planMission']>) {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.planMission;
    return this.desk.change({ contract, input, context }, missing(input.id, context), (open) => {
      allow(open, 'planning', context);
      open.planning();
      const comment = input.comment ?? null;
      if (comment) open.note({ kind: 'comment', text: comment });
      const { mission } = open;
      const tasks = open.tasks.map((task) => task.reply());
      open.publishLater(missionsEvents.planRequested, () => ({ mission: mission.reply(), comment, tasks }));
      return () => mission.reply();
    });
  }

  async approve(
    input: InputOf<Requests['approveMission']>,
    context: RequestContext<Requests['approveMission']>,
  ) {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.approveMission;
    const used = await this.organisation.reached();
    return this.desk.change({ contract, input, context }, missing(input.id, context), (open) => {
      if (!['draft', 'proposed'].includes(open.mission.state)) throw refused(open, 'running', context);
      if (open.tasks.length === 0) throw context.fail('plan_empty');
      if (used) throw overBudget(used, context);
      open.because(input.why ?? null);
      open.running();
      return () => open.mission.reply();
    });
  }

  async pause(input: InputOf<Requests['pauseMission']>, context: Steering): Promise<Mission> {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.pauseMission;
    return this.desk.change({ contract, input, context }, missing(input.id, context), (open) => {
      allow(open, 'paused', context);
      open.because(input.why ?? null);
      open.paused({ code: 'paused', cause: input.why ?? 'Somebody paused it.', remedy: 'Resume it.' });
      return () => open.mission.reply();
    });
  }

  async resume(input: InputOf<Requests['resumeMission']>, context: Steering): Promise<Mission> {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.resumeMission;
    const used = await this.organisation.reached();
    return this.desk.change({ contract, input, context }, missing(input.id, context), (open) => {
      if (open.mission.state !== 'paused') throw refused(open, 'running', context);
      const reached = used ?? budgetReached(open.mission, open.now);
      if (reached) throw overBudget(reached, context);
      open.because(input.why ?? null);
      open.running();
      return () => open.mission.reply();
    });
  }

  async cancel(input: InputOf<Requests['cancelMission']>, context: Steering): Promise<Mission> {
    requirePermission(context, 'missions:write');
    const contract = missionsRequests.cancelMission;
    return this.desk.change({ contract, input, context }, missing(input.id, context), (open) => {
      allow(open, 'cancelled', context);
      open.because(input.why ?? null);
      open.cancelled({
        code: 'cancelled',
        cause: input.why ?? 'Somebody cancelled it.',
        remedy: 'Create another mission from its goal.',
      });
      return () => open.mission.reply();
    });
  }

  async refusePlan(input: InputOf<Requests['refusePlan']>, context: Steering): Promise<Mission> {
    requireService(context);
    const contract = missionsRequests.refusePlan;
    return this.desk.change({ contract, input, context }, missing(input.id, context), (open) => {
      if (open.mission.state !== 'planning') throw refused(open, 'draft', context);
      open.draft(input.reason);
      return () => open.mission.reply();
    });
  }

  async hold(input: InputOf<Requests['holdMission']>, context: Steering): Promise<Mission> {
    requireService(context);
    const contract = missionsRequests.holdMission;
    return this.desk.change({ contract, input, context }, missing(input.id, context), (open) => {
      allow(open, 'paused', context);
      open.paused(input.reason);
      return () => open.mission.reply();
    });
  }

  async finish(input: InputOf<Requests['finishMission']>, context: Steering): Promise<Mission> {
    requireService(context);
    const contract = missionsRequests.finishMission;
    return this.desk.change({ contract, input, context }, missing(input.id, context), (open) => {
      allow(open, input.outcome, context);
      open.mission.report = input.report;
      open.mission.end(input.outcome, { at: open.now, reason: input.reason });
      return () => open.mission.reply();
    });
  }

  async recordDelivery(
    input: InputOf<Requests['recordDelivery']>,
    context: RequestContext<Requests['recordDelivery']>,
  ): Promise<Mission> {
    requireService(context);
    const contract = missionsRequests.recordDelivery;
    return this.desk.change({ contract, input, context }, missing(input.id, context), (open) => {
      const { mission } = open;
      if (mission.deliveredTo !== input.deliveredTo) {
        mission.deliveredTo = input.deliveredTo;
        open.note({ kind: 'progress', text: `Delivered: ${input.deliveredTo}` });
      }
      return () => mission.reply();
    });
  }

  async recordSpend(
    input: InputOf<Requests['recordSpend']>,
    context: RequestContext<Requests['recordSpend']>,
  ): Promise<Mission> {
    requireService(context);
    const contract = missionsRequests.recordSpend;
    const mission = await this.desk.change(
      { contract, input, context },
      missing(input.id, context),
      (open) => {
        const { mission } = open;
        mission.spentTokens += input.tokens;
        mission.spentUsd += input.costUsd;
        const reached = budgetReached(mission, open.now);
        if (reached && mission.state === 'running') open.paused(reached);
        return () => mission.reply();
      },
    );
    this.enforcement.wake();
    return mission;
  }
}

/** What the desk needs to find the mission, or to refuse. */
export function missing(id: string, context: Refusing<'mission_not_found'>) {
  return { id, refuse: () => context.fail('mission_not_found') };
}

function overBudget({ cause, remedy }: StateReason, context: Steering): Error {
  return context.fail('transition_not_allowed', { detail: cause, hint: remedy });
}

function allow(open: OpenMission, state: MissionState, context: Steering): void {
  if (!open.mission.canBecome(state)) throw refused(open, state, context);
}

function refused({ mission }: OpenMission, state: MissionState, context: Steering): Error {
  return context.fail('transition_not_allowed', {
    detail: `A mission that is ${mission.state} cannot become ${state}.`,
  });
}
