import { ContractFailure } from '@aether/contracts/failure';
import { openclawRequests } from '@aether/contracts/openclaw';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, LOGGER } from '../tokens.js';
import { compareCalls, type Comparison } from './compare-calls.js';
import { explainParts } from './explain-parts.js';
import type { UsageCheckRow } from './usage-check.entity.js';
import { UsageCheckRepository } from './usage-check.repository.js';

/** With pauses of 1, 2, 4 … 30 minutes: some two hours, after which a person may ask again. */
const ATTEMPTS_MAX = 8;
const PAUSE_MS = 60_000;
const PAUSE_MAX_MS = 1_800_000;
/** What is not in the ledger may be on its way there: it waits for the database, or for the call's last bytes. */
const LOST_AFTER = 3;

/** Asks a chat's gateway what it believes, and holds the ledger against it. */
@Injectable()
export class CheckChat {
  constructor(
    private readonly messaging: Messaging,
    private readonly checks: UsageCheckRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** True once there is a finding. Throws only where the database is away; the row is then taken again later. */
  async execute(row: UsageCheckRow): Promise<boolean> {
    const attempts = row.attempts + 1;
    const again = new Date(this.clock.now().getTime() + Math.min(PAUSE_MS * 2 ** row.attempts, PAUSE_MAX_MS));
    const next = attempts < ATTEMPTS_MAX ? again : null;
    try {
      const context = serviceContext('models');
      const record = await this.messaging.call(openclawRequests.listGatewayCalls, { id: row.id }, context);
      const { deploymentId, session, running } = record;
      const of = { deploymentId, session };
      if (running) {
        const cause = 'A turn was running; its end starts another check.';
        await this.checks.settle(row, { ...of, attempts, cause, dueAt: next });
        return false;
      }
      const found = await this.compare(record);
      const mayCome = found.parts.lost.calls > 0 && attempts < LOST_AFTER;
      await this.checks.settle(row, {
        ...of,
        attempts,
        cause: null,
        checkedAt: this.clock.now(),
        finding: found.finding,
        result: { ...withoutFinding(found), notes: explainParts(found) },
        dueAt: mayCome ? again : null,
      });
      return true;
    } catch (error) {
      if (!(error instanceof ContractFailure)) throw error;
      if (error.code === 'chat_not_found') await this.checks.drop(row.id);
      else await this.checks.settle(row, { attempts, cause: causeOf(error), dueAt: next });
      this.logger.info({ err: error, chatId: row.id }, 'usage of a chat could not be checked');
      return false;
    }
  }

  private async compare(record: {
    deploymentId: string;
    session: string | null;
    since: string | null;
    calls: Parameters<typeof compareCalls>[1];
  }): Promise<Comparison> {
    const { deploymentId, session, calls, since } = record;
    const responseIds = calls.flatMap(({ responseId }) => responseId ?? []);
    const written = await this.checks.ledgerOf({ deploymentId, session, responseIds });
    return compareCalls(written, calls, since === null ? null : new Date(since));
  }
}

const withoutFinding = ({ ledger, gateway, parts }: Comparison) => ({ ledger, gateway, parts });

function causeOf({ code, message }: ContractFailure): string {
  return code === 'gateway_away' ? 'The gateway of the agent was not connected.' : message;
}
