import type { InputOf, OutputOf } from '@aether/contracts/contract';
import type { Attempt, executionRequests } from '@aether/contracts/execution';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { AttemptRepository } from './attempt.repository.js';
import { Places } from './places.js';

type Requests = typeof executionRequests;

/** Fits into one answer of the bus, whatever its characters. */
const DIFF_MAX = 300_000;

@Injectable()
export class ReadAttempts {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly places: Places,
  ) {}

  async list(query: InputOf<Requests['listAttempts']>, { actor }: RequestContext<Requests['listAttempts']>) {
    const page = await this.attempts.list(query, actor);
    return { ...page, items: page.items.map((row) => row.reply()) };
  }

  async get({ id }: { id: string }, context: RequestContext<Requests['getAttempt']>): Promise<Attempt> {
    const row = await this.attempts.find(id, context.actor);
    if (!row) throw context.fail('attempt_not_found');
    return row.reply();
  }

  async diff(
    { id, path }: InputOf<Requests['getDiff']>,
    context: RequestContext<Requests['getDiff']>,
  ): Promise<OutputOf<Requests['getDiff']>> {
    const row = await this.attempts.find(id, context.actor);
    if (!row) throw context.fail('attempt_not_found');
    const { base, commit } = row;
    const repository = row.packet && (await this.places.repositoryOf(row.packet.mission));
    // A clone that was removed meanwhile comes back without it.
    if (!repository || !base || !commit || !(await repository.resolve(commit))) throw context.fail('no_diff');
    const diff = await repository.diff({ base, commit, ...(path !== undefined && { path }) });
    return { diff: diff.slice(0, DIFF_MAX), truncated: diff.length > DIFF_MAX };
  }
}
