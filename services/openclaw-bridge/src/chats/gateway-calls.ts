import type { openclawRequests } from '@aether/contracts/openclaw';
import type { OutputOf } from '@aether/contracts/contract';
import type { GatewayCall } from '@aether/contracts/usage-checks';
import { requireService } from '@aether/messaging/access';
import type { RequestContext } from '@aether/messaging/requests';
import { Injectable } from '@nestjs/common';
import { History, type HistoryRow } from '../gateway/frames.js';
import type { ChatRow } from './chat.entity.js';
import { ChatRepository } from './chat.repository.js';
import { TurnDriver } from './turn-driver.js';

type Requests = typeof openclawRequests;
/** Texts are of no use here; a thousand rows with whole ones would be megabytes. */
const HISTORY = { limit: 1_000, maxChars: 500_000 };

/** Reads the gateway's own record of model calls: one row of a chat's history each, with what it used. */
@Injectable()
export class GatewayCalls {
  constructor(
    private readonly chats: ChatRepository,
    private readonly driver: TurnDriver,
  ) {}

  async list(
    { id }: { id: string },
    context: RequestContext<Requests['listGatewayCalls']>,
  ): Promise<OutputOf<Requests['listGatewayCalls']>> {
    const { chat, history } = await this.read(id, context);
    const { messages, sessionId, sessionInfo, inFlightRun } = history;
    const oldest = messages.length < HISTORY.limit ? undefined : messages[0]?.timestamp;
    return {
      deploymentId: chat.deploymentId,
      session: sessionId ?? null,
      running: Boolean(sessionInfo?.hasActiveRun) || Boolean(inFlightRun),
      since: oldest === undefined ? null : new Date(oldest).toISOString(),
      calls: messages.flatMap(callOf),
    };
  }

  async sum(
    { id }: { id: string },
    context: RequestContext<Requests['getChatUsage']>,
  ): Promise<OutputOf<Requests['getChatUsage']>> {
    const { history } = await this.read(id, context);
    const usages = history.messages.map(({ usage }) => usage);
    return {
      tokens: usages.reduce((sum, usage) => sum + (usage?.totalTokens ?? 0), 0),
      costUsd: usages.reduce((sum, usage) => sum + (usage?.cost?.total ?? 0), 0),
    };
  }

  private async read(
    id: string,
    context: RequestContext<Requests['getChatUsage'] | Requests['listGatewayCalls']>,
  ): Promise<{ chat: ChatRow; history: History }> {
    requireService(context);
    const chat = await this.chats.find(id);
    if (!chat) throw context.fail('chat_not_found');
    const link = this.driver.linkOf(chat.connectionId);
    if (!link) throw context.fail('gateway_away');
    const answer = await link.request('chat.history', { sessionKey: chat.sessionKey, ...HISTORY });
    return { chat, history: History.parse(answer) };
  }
}

/** Nothing where a row has no figures: what people said, results of tools, and calls that were aborted. */
function callOf({ usage, provider, model, responseId }: HistoryRow): GatewayCall[] {
  if (!usage || provider === undefined) return [];
  const { input = 0, output = 0, cacheRead = 0, cacheWrite = 0 } = usage;
  const inputTokens = input + cacheRead + cacheWrite;
  if (inputTokens + output === 0) return [];
  return [
    {
      responseId: responseId ?? null,
      provider,
      model: model ?? 'unknown',
      inputTokens,
      cachedInputTokens: cacheRead,
      outputTokens: output,
      costUsd: usage.cost?.total ?? 0,
    },
  ];
}
