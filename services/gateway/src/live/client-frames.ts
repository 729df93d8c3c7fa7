import { commonFailure } from '@aether/contracts/failure';
import { LiveClientFrame, liveCloseCodes } from '@aether/contracts/live-frames';
import { hasPermission } from '@aether/contracts/permissions';
import { lacks } from '@aether/messaging/access';
import { issuesOf } from '@aether/messaging/error-reply';
import { Inject, Injectable } from '@nestjs/common';
import type { RawData } from 'ws';
import { CONFIG, type GatewayConfig } from '../config.js';
import { edgeFailure } from '../http/edge-errors.js';
import { failureOf } from '../http/problem.js';
import { EntityFeeder } from './entity-feeder.js';
import { EventFeeder } from './event-feeder.js';
import type { LiveSocket } from './live-socket.js';
import { topicOf } from './topics.js';

type Subscribe = Extract<LiveClientFrame, { type: 'subscribe' }>;

/** Does what clients ask for in frames. A frame that cannot be done is answered with an error frame. */
@Injectable()
export class ClientFrames {
  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    private readonly entities: EntityFeeder,
    private readonly events: EventFeeder,
  ) {}

  /** Receives one socket's frames; the returned function is its message listener. */
  listenerFor(socket: LiveSocket): (data: RawData, isBinary: boolean) => void {
    const rate = new FrameRate(this.config.LIVE_FRAMES_PER_SECOND_MAX);
    return (data, isBinary) => {
      const over = rate.count();
      if (over === 'abuse') socket.ws.close(liveCloseCodes.tooManyFrames, 'too many frames');
      else if (over === 'first') socket.fail(commonFailure('rate_limited', { detail: rate.detail }));
      if (over) return;
      const frame = isBinary ? null : parseFrame(data);
      if (!frame?.success) {
        const why = frame ? issuesOf(frame.error).map(({ path, message }) => `${path}: ${message}`) : [];
        const detail = frame
          ? `The frame is not valid: ${why.join('; ')}`
          : 'The frame is not a JSON text frame.';
        socket.fail(
          commonFailure('invalid_input', { detail, hint: 'See /api/v1/asyncapi.json for the frames.' }),
        );
      } else this.receive(frame.data, socket);
    };
  }

  private receive(frame: LiveClientFrame, socket: LiveSocket): void {
    switch (frame.type) {
      case 'ping':
        return socket.send({ type: 'pong' });
      case 'unsubscribe':
        return socket.unsubscribe(frame.topic);
      case 'subscribe':
        return this.subscribe(frame, socket);
    }
  }

  private subscribe({ topic: name, after }: Subscribe, socket: LiveSocket): void {
    const topic = topicOf(name);
    const { actor } = socket.identity.caller;
    const heldMax = this.config.LIVE_QUEUE_MAX;
    if (!topic)
      return socket.fail(commonFailure('not_found', { detail: `There is no topic "${name}".` }), name);
    if (!hasPermission(actor, topic.access)) return socket.fail(lacks(actor, topic.access), name);
    if (!socket.follows(name) && socket.subscriptions >= this.config.LIVE_SUBSCRIPTIONS_MAX)
      return socket.fail(edgeFailure('too_many_subscriptions'), name);
    const feed = socket.open(name);
    const feeding =
      topic.kind === 'events'
        ? this.events.feed({ owner: topic.catalog.owner, actor, after, heldMax }, feed)
        : this.entities.feed(
            { topic: topic.spec, id: topic.id, after, context: socket.identity.context, heldMax },
            feed,
          );
    feeding.catch((error: unknown) => feed.fail(failureOf(error)));
  }
}

function parseFrame(data: RawData): ReturnType<typeof LiveClientFrame.safeParse> | null {
  try {
    return LiveClientFrame.safeParse(JSON.parse((data as Buffer).toString('utf8')));
  } catch {
    return null;
  }
}

/** Counts a client's frames by the second. */
class FrameRate {
  private second = 0;
  private frames = 0;

  constructor(private readonly max: number) {}

  get detail(): string {
    return `At most ${this.max} frames a second are read; what came above that was dropped.`;
  }

  /** Null within the allowance, `first` for the first frame above it, `abuse` at ten times as many. */
  count(): null | 'first' | 'dropped' | 'abuse' {
    const second = Math.floor(Date.now() / 1_000);
    this.frames = second === this.second ? this.frames + 1 : 1;
    this.second = second;
    if (this.frames <= this.max) return null;
    if (this.frames === this.max + 1) return 'first';
    return this.frames > this.max * 10 ? 'abuse' : 'dropped';
  }
}
