import type { openclawRequests } from '@aether/contracts/openclaw';
import type { OutputOf } from '@aether/contracts/contract';
import { requireService } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { History } from '../gateway/frames.js';
import { ChatRepository } from './chat.repository.js';
import { TurnDriver } from './turn-driver.js';

type Contract = typeof openclawRequests.getChatUsage;
const HISTORY = { limit: 1_000, maxChars: 500_000 };

/** Adds up the gateway's record of model calls: one row each, with what it used. */
@Injectable()
export class ChatUsage {
  constructor(
    private readonly chats: ChatRepository,
    private readonly driver: TurnDriver,
  ) {}

  async execute({ id }: { id: string }, context: RequestContext<Contract>): Promise<OutputOf<Contract>> {
    requireService(context);
    const chat = await this.chats.find(id);
    if (!chat) throw context.fail('chat_not_found');
    const link = this.driver.linkOf(chat.connectionId);
    if (!link) throw context.fail('gateway_away');
    const answer = await link.request('chat.history', { sessionKey: chat.sessionKey, ...HISTORY });
    const usages = History.parse(answer).messages.map(({ usage }) => usage);
    return {
      tokens: usages.reduce((sum, usage) => sum + (usage?.totalTokens ?? 0), 0),
      costUsd: usages.reduce((sum, usage) => sum + (usage?.cost?.total ?? 0), 0),
    };
  }
}
