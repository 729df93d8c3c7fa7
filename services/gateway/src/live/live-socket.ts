import type { ContractFailure } from '@aether/contracts/failure';
import { liveCloseCodes, type LiveServerFrame } from '@aether/contracts/live-frames';
import type { Caller, Credential } from '../identity/caller.js';
import type { Context } from '@aether/messaging/context';
import type { WebSocket } from 'ws';
import type { Feed, FeedEntry, ResyncReason } from './feed.js';

/** Who is at the other end, and with what they came. */
export interface LiveIdentity {
  readonly caller: Caller;
  readonly credential: Credential;
  readonly context: Context;
}

/**
 * The sending side of one socket. What a client has not taken is bounded: beyond that its topics stop, and
 * once it has caught up each of them is told to resync.
 */
export class LiveSocket {
  /** False since the last ping that was not answered. */
  isAlive = true;
  private readonly feeds = new Map<string, TopicFeed>();
  private readonly stalled = new Set<string>();
  private waiting: (() => void)[] = [];

  constructor(
    readonly ws: WebSocket,
    readonly identity: LiveIdentity,
    private readonly bufferMax: number,
  ) {
    ws.on('close', () => this.dispose());
  }

  get subscriptions(): number {
    return this.feeds.size;
  }

  follows(topic: string): boolean {
    return this.feeds.has(topic);
  }

  /** A feed for the topic; one that was there before ends. */
  open(topic: string): Feed {
    this.unsubscribe(topic);
    this.stalled.delete(topic);
    const feed = new TopicFeed(this, topic);
    this.feeds.set(topic, feed);
    return feed;
  }

  unsubscribe(topic: string): void {
    const feed = this.feeds.get(topic);
    this.feeds.delete(topic);
    feed?.end();
  }

  send(frame: LiveServerFrame): void {
    if (this.ws.readyState !== this.ws.OPEN) return;
    this.ws.send(JSON.stringify(frame), () => this.drained());
  }

  fail(failure: ContractFailure, topic?: string): void {
    const { code, message, hint } = failure;
    this.send({ type: 'error', code, detail: message, hint, ...(topic !== undefined && { topic }) });
  }

  get isFull(): boolean {
    return this.ws.bufferedAmount > this.bufferMax;
  }

  /** Ends a topic the client does not keep up with, or tells it to resync where there is room. */
  resync(topic: string, reason: ResyncReason): void {
    this.unsubscribe(topic);
    if (this.isFull) this.stalled.add(topic);
    else this.send({ type: 'resync', topic, reason });
  }

  async ready(): Promise<void> {
    if (!this.isFull || this.ws.readyState !== this.ws.OPEN) return;
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  endSession(): void {
    this.ws.close(liveCloseCodes.sessionEnded, 'session ended');
  }

  private drained(): void {
    if (this.ws.bufferedAmount > this.bufferMax / 2) return;
    for (const topic of this.stalled) {
      this.stalled.delete(topic);
      this.send({ type: 'resync', topic, reason: 'slow-client' });
    }
    for (const resume of this.waiting.splice(0)) resume();
  }

  private dispose(): void {
    for (const topic of [...this.feeds.keys()]) this.unsubscribe(topic);
    this.stalled.clear();
    for (const resume of this.waiting.splice(0)) resume();
  }
}

class TopicFeed implements Feed {
  ended = false;
  private seq = 0;
  private stops: (() => void)[] = [];

  constructor(
    private readonly socket: LiveSocket,
    private readonly topic: string,
  ) {}

  subscribed(cursor: string | null): void {
    if (!this.ended) this.socket.send({ type: 'subscribed', topic: this.topic, cursor });
  }

  send(entry: FeedEntry): void {
    if (this.ended) return;
    if (this.socket.isFull) return this.resync('slow-client');
    this.seq += 1;
    this.socket.send({ type: 'frame', topic: this.topic, seq: this.seq, ...entry });
  }

  resync(reason: ResyncReason): void {
    if (!this.ended) this.socket.resync(this.topic, reason);
  }

  fail(failure: ContractFailure): void {
    if (this.ended) return;
    this.socket.unsubscribe(this.topic);
    this.socket.fail(failure, this.topic);
  }

  ready(): Promise<void> {
    return this.ended ? Promise.resolve() : this.socket.ready();
  }

  onEnd(stop: () => void): void {
    if (this.ended) stop();
    else this.stops.push(stop);
  }

  end(): void {
    this.ended = true;
    for (const stop of this.stops.splice(0)) stop();
  }
}
