import { missionsRequests } from '@aether/contracts/missions';
import type { Delivery, Mission } from '@aether/contracts/mission-schemas';
import { serviceContext, type Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import { Places } from '../attempts/places.js';
import { RepositoryError } from '../git/repository.js';
import { Turnstile } from '../git/turnstile.js';
import { PullRequests } from './pull-requests.js';
import { Push, type Pushed } from './push.js';

/** How the branch of a mission leaves this machine, and with which words. */
export interface Errand {
  readonly delivery: Delivery;
  readonly report: string;
}

/** Brings a mission's branch to its remote. Done again, whatever happened before, nothing is made twice. */
@Injectable()
export class Deliver {
  constructor(
    private readonly messaging: Messaging,
    private readonly places: Places,
    private readonly turnstile: Turnstile,
    private readonly pushing: Push,
    private readonly pullRequests: PullRequests,
  ) {}

  /**
   * Where it is now; null where there is nothing to bring. A failure that a person can mend is told in the thread
   * and thrown as `RepositoryError`.
   */
  async execute(mission: Mission, errand: Errand, context: Context): Promise<string | null> {
    const { id } = mission;
    try {
      return await this.turnstile.pass(`deliver:${id}`, async () => {
        const deliveredTo = await this.bring(mission, errand);
        if (deliveredTo === null) return null;
        const recorder = { ...serviceContext('orchestrator'), correlationId: context.correlationId };
        await this.messaging.call(missionsRequests.recordDelivery, { id, deliveredTo }, recorder);
        return deliveredTo;
      });
    } catch (error) {
      if (error instanceof RepositoryError) await this.tell(id, error);
      throw error;
    }
  }

  private async bring(mission: Mission, { delivery, report }: Errand): Promise<string | null> {
    const { repository: source, branch } = mission;
    if (delivery === 'none' || !source || !branch) return null;
    const repository = await this.places.repositoryOf(mission);
    const base = await repository?.resolve(this.places.baseRefOf(mission.id));
    const commit = await repository?.resolve(`refs/heads/${branch}`);
    if (!repository || !base || !commit || base === commit) return null;
    const pushed = await this.pushing.run({ source, repository, branch, commit });
    if (delivery === 'push') return branchAt(pushed, branch);
    const { title, baseBranch } = mission;
    return this.pullRequests.propose(pushed, { branch, base: baseBranch, title, body: report });
  }

  private async tell(id: string, { code, message, remedy }: RepositoryError): Promise<void> {
    await this.messaging.call(
      missionsRequests.addEntry,
      {
        id,
        kind: 'progress',
        author: { type: 'jason', id: 'orchestrator', name: 'Jason' },
        text: `The work was not delivered. ${message} ${remedy}`,
        data: { code, remedy },
      },
      serviceContext('orchestrator'),
    );
  }
}

/** Where a person can look at the branch. */
function branchAt({ address, account }: Pushed, branch: string): string {
  const page = address.replace(/\/+$/, '').replace(/\.git$/, '');
  const { kind } = account.remote;
  if (kind === 'github') return `${page}/tree/${branch}`;
  return kind === 'gitea' ? `${page}/src/branch/${branch}` : `${address}#${branch}`;
}
