import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { ChatEvent, ToolEvent, textOf } from '../gateway/frames.js';
import type { GatewayEvent } from '../gateway/gateway-client.js';
import { CLOCK } from '../tokens.js';
import { ChatFeed } from './chat-feed.js';
import { OpenTurns } from './open-turns.js';
import { outcomes } from './outcomes.js';
import { TurnDriver } from './turn-driver.js';
import { TurnStore } from './turn-store.js';
import type { Turn } from './turn.js';

/** Takes in what gateways tell of turns while they run. */
@Injectable()
export class TurnEvents {
  constructor(
    private readonly open: OpenTurns,
    private readonly driver: TurnDriver,
    private readonly feed: ChatFeed,
    private readonly store: TurnStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  handle({ event, payload }: GatewayEvent): void {
    if (event === 'chat') {
      const chat = ChatEvent.safeParse(payload);
      if (chat.success) this.onChat(chat.data);
    } else if (event === 'agent' || event === 'session.tool') {
      const tool = ToolEvent.safeParse(payload);
      if (tool.success) this.onTool(tool.data);
    }
  }

  private onTool(event: ToolEvent): void {
    const turn = this.heard(event, true);
    const toolCall = turn?.tools.record(event);
    if (!turn || !toolCall) return;
    this.store.progress(turn);
    if (event.data.result !== undefined) this.store.toolFinished(turn, toolCall);
    this.feed.about(turn, { kind: 'tool', messageId: turn.replyId, seq: turn.seq, toolCall });
  }

  private onChat(event: ChatEvent): void {
    const turn = this.heard(event, event.state === 'status' || event.state === 'delta');
    if (!turn) return;
    const text = textOf(event.message) || turn.text;
    switch (event.state) {
      case 'status':
        this.feed.status(turn, event.phase ?? 'working');
        return;
      case 'delta':
        // The message is cumulative: deltas may be skipped for a slow reader, the text never is.
        turn.text = event.message ? textOf(event.message) : turn.text + (event.deltaText ?? '');
        this.feed.text(turn);
        this.store.progress(turn);
        return;
      case 'final':
        // Without a message the run was merged into another, or is the echo of a resent key.
        if (!event.message) void this.driver.advance(turn);
        else if (event.stopReason === 'toolUse') void this.driver.end(turn, outcomes.cutInTool(text));
        else void this.driver.end(turn, outcomes.complete(text));
        return;
      case 'aborted':
        void this.driver.end(turn, outcomes.aborted(text));
        return;
      case 'error':
        void this.driver.end(turn, outcomes.agentFailed(text, event.errorMessage));
    }
  }

  private heard(event: { sessionKey: string; runId: string }, begins: boolean): Turn | undefined {
    const turn = this.open.ofSession(event.sessionKey);
    if (!turn?.owns(event.runId, begins)) return undefined;
    turn.heardAt = this.clock.now();
    turn.resumeBy = null;
    return turn;
  }
}
