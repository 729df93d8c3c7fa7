import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ContractFailure, commonFailure } from '@aether/contracts/failure';
import { liveCloseCodes } from '@aether/contracts/live-frames';
import type { Actor } from '@aether/messaging/context';
import { newId } from '@aether/messaging/id';
import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { WebSocketServer } from 'ws';
import { CONFIG, type GatewayConfig } from '../config.js';
import { edgeFailure } from '../http/edge-errors.js';
import { rawProblem } from '../http/problem.js';
import { Authenticator } from '../identity/authenticator.js';
import { ClientFrames } from './client-frames.js';
import { LiveSocket, type LiveIdentity } from './live-socket.js';

/** A connection that asked to become a WebSocket. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** What came behind the request already. */
  readonly head: Buffer;
}

const CLOSE_WITHIN_MS = 2_000;

/** Every open socket: how many an account has, whether they live, and until when they may. */
@Injectable()
export class LiveSockets implements OnModuleInit, OnModuleDestroy {
  private readonly open = new Set<LiveSocket>();
  private readonly server: WebSocketServer;
  private heartbeat: NodeJS.Timeout;
  private closing = false;

  constructor(
    @Inject(CONFIG) private readonly config: GatewayConfig,
    private readonly authenticator: Authenticator,
    private readonly frames: ClientFrames,
  ) {
    this.server = new WebSocketServer({ noServer: true, maxPayload: config.LIVE_FRAME_BYTES_MAX });
    this.server.on('wsClientError', (error, socket) => {
      const failure = commonFailure('invalid_input', {
        detail: `The WebSocket handshake failed: ${error.message}.`,
      });
      socket.end(rawProblem(failure, { instance: '/api/v1/live', correlationId: newId() }));
    });
  }

  get count(): number {
    return this.open.size;
  }

  onModuleInit(): void {
    this.heartbeat = setInterval(() => this.beat(), this.config.LIVE_PING_INTERVAL_MS);
  }

  /** Throws where this account may have no other socket, or none are taken any more. */
  requireRoom(actorId: string): void {
    if (this.closing)
      throw commonFailure('unavailable', { detail: 'The gateway is shutting down.', retryAfterS: 2 });
    const count = [...this.open].filter(({ identity }) => identity.caller.actor.id === actorId).length;
    if (count >= this.config.LIVE_SOCKETS_PER_ACTOR_MAX)
      throw edgeFailure('too_many_sockets', {
        detail: `At most ${count} live connections may be open at once.`,
      });
  }

  /** Completes the handshake. */
  accept({ request, socket, head }: Upgrade, identity: LiveIdentity): void {
    this.server.handleUpgrade(request, socket, head, (ws) => {
      const live = new LiveSocket(ws, identity, this.config.LIVE_BUFFER_BYTES_MAX);
      this.open.add(live);
      ws.on('close', () => this.open.delete(live));
      ws.on('pong', () => (live.isAlive = true));
      // ws closes the connection itself, with the code that the fault has.
      ws.on('error', () => undefined);
      ws.on('message', this.frames.listenerFor(live));
    });
  }

  /** Closes every socket of those whose right to be here has ended. */
  endWhere(ended: (actor: Actor) => boolean): void {
    for (const socket of this.open) if (ended(socket.identity.caller.actor)) socket.endSession();
  }

  async onModuleDestroy(): Promise<void> {
    this.closing = true;
    clearInterval(this.heartbeat);
    for (const { ws } of this.open) ws.close(liveCloseCodes.goingAway, 'shutting down');
    const deadline = Date.now() + CLOSE_WITHIN_MS;
    while (this.open.size > 0 && Date.now() < deadline) await delay(20);
    for (const { ws } of this.open) ws.terminate();
  }

  private beat(): void {
    for (const socket of this.open) {
      if (!socket.isAlive) socket.ws.terminate();
      else {
        socket.isAlive = false;
        socket.ws.ping();
        void this.checkSession(socket);
      }
    }
  }

  private async checkSession(socket: LiveSocket): Promise<void> {
    try {
      await this.authenticator.authenticate(socket.identity.credential);
    } catch (error) {
      // Where auth cannot be asked, nothing says that the right has ended.
      if (error instanceof ContractFailure && error.code === 'unauthenticated') socket.endSession();
    }
  }
}
