import { serviceContext } from '@aether/messaging/context';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { OpenTurns } from '../chats/open-turns.js';
import type { Link } from '../chats/turn-driver.js';
import type { GatewayEvent } from '../gateway/gateway-client.js';
import { ApprovalRepository } from './approval.repository.js';

const Asked = z.looseObject({
  id: z.string(),
  request: z.looseObject({
    command: z.string(),
    cwd: z.string().nullish(),
    sessionKey: z.string(),
  }),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
});
const Decided = z.looseObject({ id: z.string(), decision: z.string().nullish() });
const Waiting = z.array(Asked);

/** Takes in what gateways tell of commands that wait for a person. */
@Injectable()
export class Approvals {
  constructor(
    private readonly open: OpenTurns,
    private readonly rows: ApprovalRepository,
  ) {}

  concerns({ event }: GatewayEvent): boolean {
    return event === 'exec.approval.requested' || event === 'exec.approval.resolved';
  }

  async handle(connectionId: string, { event, payload }: GatewayEvent): Promise<void> {
    if (event === 'exec.approval.requested') {
      const asked = Asked.safeParse(payload);
      if (asked.success) await this.asked(connectionId, asked.data);
    } else {
      const told = Decided.safeParse(payload);
      if (!told.success) return;
      const { id: gatewayId, decision } = told.data;
      const state = decision?.startsWith('allow') ? 'allowed' : decision === 'deny' ? 'denied' : 'expired';
      await this.rows.decide({ connectionId, gatewayId }, state, serviceContext('openclaw-bridge'));
    }
  }

  /** What was asked while nobody listened. */
  async connected(link: Link): Promise<void> {
    const waiting = Waiting.parse(await link.request('exec.approval.list', {}));
    for (const asked of waiting) await this.asked(link.connectionId, asked);
  }

  private async asked(connectionId: string, { id, request, ...asked }: z.infer<typeof Asked>): Promise<void> {
    const turn = this.open.ofSession(request.sessionKey);
    // Another operator's session at the same gateway is theirs to answer.
    if (!turn) return;
    await this.rows.add({
      connectionId,
      chatId: turn.chatId,
      gatewayId: id,
      command: request.command,
      directory: request.cwd ?? null,
      createdAt: new Date(asked.createdAtMs),
      expiresAt: new Date(asked.expiresAtMs),
    });
  }
}
