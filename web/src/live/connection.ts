import type { LiveClientFrame, LiveServerFrame } from '@aether/contracts/live-frames';
import { passingCodes } from '@aether/contracts/passing';
import { refreshSession } from '@/api/call';

/** `live`: everything followed is up to date. `catching-up`: what was missed is on its way. */
export type ConnectionState = 'connecting' | 'live' | 'catching-up' | 'offline';

export interface TopicListener {
  /** Something happened; frames of one topic come in order, none is missing. */
  frame(data: unknown, cursor: string): void;
  /** The topic is followed from this place on: nothing that comes after it is missed. */
  joined?(cursor: string): void;
  /** What was missed is not told any more: read the state anew. */
  lost?(): void;
}

interface Subscription {
  readonly listeners: Set<TopicListener>;
  cursor: string | undefined;
  pending: boolean;
  again?: ReturnType<typeof setTimeout>;
}

const PING_EVERY_MS = 20_000;
const SILENT_MAX_MS = 45_000;
/** How long an answer may take when the browser says that its network is gone. */
const PROBE_MS = 4_000;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];
const SESSION_ENDED = 4401;
/** Until a part that was away is asked again. */
const AGAIN_MS = 2_000;

/** The one socket of a page. It comes back by itself and goes on with every topic where it stopped. */
export class LiveConnection {
  private readonly subscriptions = new Map<string, Subscription>();
  private readonly watchers = new Set<() => void>();
  private socket: WebSocket | undefined;
  private state: ConnectionState = 'connecting';
  private failures = 0;
  private heardAt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private heartbeat: ReturnType<typeof setInterval> | undefined;
  private stopped = true;

  /**
   * `rightsUnsure`: what the person may do may be something else now. The session was ended, or the socket is open
   * since now only, which alone is told when that changes.
   */
  constructor(private readonly rightsUnsure: () => void) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    window.addEventListener('online', this.connectNow);
    window.addEventListener('offline', this.probe);
    this.heartbeat = setInterval(() => this.beat(), PING_EVERY_MS);
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener('online', this.connectNow);
    window.removeEventListener('offline', this.probe);
    clearInterval(this.heartbeat);
    clearTimeout(this.retry);
    for (const { again } of this.subscriptions.values()) clearTimeout(again);
    this.socket?.close();
    this.socket = undefined;
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };

  readonly currentState = (): ConnectionState => this.state;

  /** Follows a topic behind the cursor `after`; the returned function ends it. */
  follow(topic: string, listener: TopicListener, after?: string): () => void {
    let subscription = this.subscriptions.get(topic);
    const isFirst = !subscription;
    subscription ??= { listeners: new Set(), cursor: after, pending: true };
    this.subscriptions.set(topic, subscription);
    subscription.listeners.add(listener);
    // Somebody who joins with an earlier place is told from there; frames may be applied twice.
    if (!isFirst && after !== undefined) subscription.cursor = after;
    if (isFirst || after !== undefined) this.subscribe(topic, subscription);
    else if (!subscription.pending && subscription.cursor !== undefined)
      listener.joined?.(subscription.cursor);
    return () => this.leave(topic, listener);
  }

  private leave(topic: string, listener: TopicListener): void {
    const subscription = this.subscriptions.get(topic);
    if (!subscription?.listeners.delete(listener) || subscription.listeners.size > 0) return;
    this.subscriptions.delete(topic);
    this.send({ type: 'unsubscribe', topic });
    this.settle();
  }

  private subscribe(topic: string, subscription: Subscription): void {
    clearTimeout(subscription.again);
    subscription.pending = true;
    const { cursor } = subscription;
    this.send({ type: 'subscribe', topic, ...(cursor !== undefined && { after: cursor }) });
    this.settle();
  }

  private subscribeLater(topic: string, subscription: Subscription): void {
    clearTimeout(subscription.again);
    subscription.again = setTimeout(() => {
      if (this.subscriptions.get(topic) === subscription) this.subscribe(topic, subscription);
    }, AGAIN_MS);
  }

  private readonly connectNow = (): void => {
    clearTimeout(this.retry);
    if (!this.socket) this.connect();
  };

  private connect(): void {
    const { protocol, host } = window.location;
    const socket = new WebSocket(`${protocol === 'https:' ? 'wss' : 'ws'}://${host}/api/v1/live`);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onopen = () => {
      this.failures = 0;
      this.rightsUnsure();
      for (const [topic, subscription] of this.subscriptions) this.subscribe(topic, subscription);
      this.settle();
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      this.heardAt = Date.now();
      this.receive(JSON.parse(data) as LiveServerFrame);
    };
    socket.onclose = ({ code }) => {
      if (this.socket !== socket) return;
      this.lose(code === SESSION_ENDED || this.failures > 0);
      if (code === SESSION_ENDED) this.rightsUnsure();
    };
  }

  private lose(renew: boolean): void {
    this.socket = undefined;
    this.show('offline');
    void this.reconnect(renew);
  }

  private async reconnect(renew: boolean): Promise<void> {
    // A refused upgrade looks like a lost network: an expired session is renewed first either way.
    if (renew && !this.stopped) await refreshSession();
    if (this.stopped) return;
    const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 8_000;
    this.failures += 1;
    this.retry = setTimeout(() => this.connectNow(), wait * (0.75 + Math.random() / 2));
  }

  private receive(frame: LiveServerFrame): void {
    if (frame.type === 'pong') return;
    const subscription = frame.topic === undefined ? undefined : this.subscriptions.get(frame.topic);
    if (!subscription || frame.topic === undefined) return;
    switch (frame.type) {
      case 'subscribed':
        subscription.pending = false;
        subscription.cursor ??= frame.cursor ?? undefined;
        if (subscription.cursor !== undefined)
          for (const listener of subscription.listeners) listener.joined?.(subscription.cursor);
        return this.settle();
      case 'frame':
        subscription.cursor = frame.cursor;
        for (const listener of subscription.listeners) listener.frame(frame.data, frame.cursor);
        return;
      case 'resync':
        if (frame.reason === 'cursor-too-old' || frame.reason === 'cursor-unknown') {
          subscription.cursor = undefined;
          for (const listener of subscription.listeners) listener.lost?.();
        }
        return this.subscribe(frame.topic, subscription);
      case 'error':
        if (passingCodes.has(frame.code)) return this.subscribeLater(frame.topic, subscription);
        subscription.pending = false;
        return this.settle();
    }
  }

  private beat(): void {
    if (Date.now() - this.heardAt > SILENT_MAX_MS) this.giveUp();
    else this.send({ type: 'ping' });
  }

  /** The network of the browser may be gone while that of Aether, on the same machine, is not. */
  private readonly probe = (): void => {
    const { socket } = this;
    const asked = Date.now();
    this.send({ type: 'ping' });
    setTimeout(() => this.socket === socket && this.heardAt < asked && this.giveUp(), PROBE_MS);
  };

  /** Closing is a talk with the other side, which a lost network does not carry: nothing waits for its end. */
  private giveUp(): void {
    const { socket } = this;
    if (!socket) return;
    this.lose(false);
    socket.close();
  }

  private send(frame: LiveClientFrame): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private settle(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    const isPending = [...this.subscriptions.values()].some(({ pending }) => pending);
    this.show(isPending ? 'catching-up' : 'live');
  }

  private show(state: ConnectionState): void {
    if (this.state === state) return;
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}
