import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type {
  CheckedParts,
  UsageCheck,
  UsageCheckSum,
  usageChecksRequests,
} from '@aether/contracts/usage-checks';
import { requireServiceOr } from '@aether/messaging/access';
import type { Context } from '@aether/messaging/context';
import { Injectable } from '@nestjs/common';
import { addSums } from './compare-calls.js';
import { explainParts } from './explain-parts.js';
import { UsageCheckRepository } from './usage-check.repository.js';

type Requests = typeof usageChecksRequests;

const DEPLOYMENTS_MAX = 500;
const PARTS = ['equal', 'recounted', 'unfinished', 'untold', 'lost', 'elsewhere'] as const;

@Injectable()
export class ReadUsageChecks {
  constructor(private readonly checks: UsageCheckRepository) {}

  async list(
    query: InputOf<Requests['listUsageChecks']>,
    context: Context,
  ): Promise<OutputOf<Requests['listUsageChecks']>> {
    requireServiceOr(context, 'usage:read');
    const page = await this.checks.page(query);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async summarise(
    { deploymentId }: InputOf<Requests['summariseUsageChecks']>,
    context: Context,
  ): Promise<OutputOf<Requests['summariseUsageChecks']>> {
    requireServiceOr(context, 'usage:read');
    const rows = await this.checks.all(deploymentId);
    const byDeployment = new Map<string, UsageCheck[]>();
    for (const row of rows) {
      const id = row.deploymentId ?? '';
      const ofOne = byDeployment.get(id);
      if (ofOne) ofOne.push(row.reply());
      else byDeployment.set(id, [row.reply()]);
    }
    const outside = await this.checks.outsideChats([...byDeployment.keys()]);
    const items = [...byDeployment].map(([id, ofOne]) => ({
      deploymentId: id,
      ...added(ofOne),
      outsideChats: outside.get(id) ?? addSums([]),
    }));
    items.sort((one, other) => other.differing - one.differing || other.chats - one.chats);
    return { items: items.slice(0, DEPLOYMENTS_MAX) };
  }
}

function added(checks: readonly UsageCheck[]): Omit<UsageCheckSum, 'deploymentId' | 'outsideChats'> {
  const parts = Object.fromEntries(
    PARTS.map((part) => [part, addSums(checks.map((check) => check.parts[part]))]),
  ) as CheckedParts;
  const ledger = addSums(checks.map((check) => check.ledger));
  const gateway = addSums(checks.map((check) => check.gateway));
  return {
    chats: checks.length,
    differing: checks.filter(({ finding }) => finding === 'differs').length,
    waiting: checks.filter(({ state }) => state === 'waiting').length,
    givenUp: checks.filter(({ state }) => state === 'given_up').length,
    ...{ ledger, gateway, parts },
    notes: explainParts({ ledger, gateway, parts }),
  };
}
