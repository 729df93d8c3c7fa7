import type { deployerRequests } from '@aether/contracts/deployer';
import type { InputOf, OutputOf } from '@aether/contracts/contract';
import { commonFailure } from '@aether/contracts/failure';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { requireServiceOr } from '@aether/messaging/access';
import { DeploymentRepository } from '../deployment.repository.js';
import { toLogLine } from './deployment-log.js';
import { LogRepository } from './log.repository.js';

type Read = typeof deployerRequests.readLogs;
type Follow = typeof deployerRequests.followLogs;

const FOLLOW_LINES = 500;

@Injectable()
export class ReadLogs {
  constructor(
    private readonly deployments: DeploymentRepository,
    private readonly logs: LogRepository,
  ) {}

  async read(input: InputOf<Read>, context: RequestContext<Read>): Promise<OutputOf<Read>> {
    requireServiceOr(context, 'deployments:read');
    const deployment = await this.deployments.find(context.actor, input.id);
    if (!deployment) throw context.fail('deployment_not_found');
    const { rows, lastSeq, more } = await this.logs.read(deployment.id, { ...input, withNoise: input.raw });
    return { lines: rows.map(toLogLine), lastSeq, more };
  }

  async follow(input: InputOf<Follow>, context: RequestContext<Follow>): Promise<OutputOf<Follow>> {
    requireServiceOr(context, 'deployments:read');
    const deployment = await this.deployments.find(context.actor, input.id);
    if (!deployment) throw context.fail('deployment_not_found');
    const after = Number(input.after ?? 0);
    if (!Number.isSafeInteger(after) || after < 0)
      throw commonFailure('invalid_input', {
        issues: [{ path: 'after', message: 'pass back a `cursor` unchanged' }],
      });
    const { rows, lastSeq, more } = await this.logs.read(deployment.id, {
      after,
      limit: FOLLOW_LINES,
      withNoise: false,
    });
    const entries = rows.map((row) => ({ cursor: String(row.seq), data: toLogLine(row) }));
    const end = more ? (rows.at(-1)?.seq ?? after) : Math.max(after, lastSeq);
    return { entries, cursor: String(end), more };
  }
}
