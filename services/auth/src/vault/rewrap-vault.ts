import type { authRequests } from '@aether/contracts/auth';
import type { OutputOf } from '@aether/contracts/contract';
import { requirePermission } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Database } from '@aether/persistence/database';
import { Injectable } from '@nestjs/common';
import { sealedTables } from './sealed.repository.js';
import { Vault } from './vault.js';

type State = typeof authRequests.getVaultState;
type Rewrap = typeof authRequests.rewrapVault;

/** Committed together: few enough that nobody waits for a row, many enough to be done soon. */
const BATCH = 100;
/** Well within the time a caller waits; what is left then is done by the next call. */
const WITHIN_MS = 15_000;

@Injectable()
export class RewrapVault {
  constructor(
    private readonly database: Database,
    private readonly vault: Vault,
  ) {}

  async state(context: RequestContext<State>): Promise<OutputOf<State>> {
    requirePermission(context, 'system:read');
    return this.readState();
  }

  async execute(context: RequestContext<Rewrap>): Promise<OutputOf<Rewrap>> {
    requirePermission(context, 'system:write');
    const until = Date.now() + WITHIN_MS;
    let rewrapped = 0;
    for (const table of sealedTables) {
      let done: number;
      do {
        done = await this.database.transaction(context, ({ manager }) =>
          table.rewrap(manager, this.vault, BATCH),
        );
        rewrapped += done;
      } while (done === BATCH && Date.now() < until);
      // Each table is finished before the next, so that the check stays behind everything it vouches for.
      if (Date.now() >= until) break;
    }
    return { ...(await this.readState()), rewrapped };
  }

  private async readState(): Promise<OutputOf<State>> {
    const { masterKeyId, previousMasterKeyId } = this.vault;
    const counts = await this.database.read((manager) =>
      Promise.all(sealedTables.map((table) => table.count(manager, masterKeyId))),
    );
    return { masterKeyId, previousMasterKeyId, left: counts.reduce((sum, count) => sum + count, 0) };
  }
}
