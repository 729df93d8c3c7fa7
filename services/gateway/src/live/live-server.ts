import { ServerResponse, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { edgeFailure } from '../http/edge-errors.js';
import { Gate } from '../http/gate.js';
import { LIVE_PATH } from '../http/server-options.js';
import { credentialOf } from '../identity/credentials.js';
import { LiveSockets, type Upgrade } from './live-sockets.js';

/**
 * The door of the WebSocket. An upgrade takes the way of every other request (allowance, identity, problems)
 * and becomes a socket only at its end, so that a refusal is an ordinary HTTP answer before the handshake.
 */
@Injectable()
export class LiveServer implements OnModuleInit {
  private readonly upgrades = new WeakMap<IncomingMessage, Upgrade>();

  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly gate: Gate,
    private readonly sockets: LiveSockets,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance();
    fastify.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      this.upgrades.set(request, { request, socket, head });
      fastify.routing(request, responseOn(request, socket));
    });
    fastify.route({
      method: 'GET',
      url: LIVE_PATH,
      exposeHeadRoute: false,
      onRequest: async (request, reply) => {
        request.context = await this.gate.admit(request, reply, {
          access: 'authenticated',
          ownPagesOnly: true,
        });
      },
      handler: (request, reply) => this.open(request, reply),
    });
  }

  private open(request: FastifyRequest, reply: FastifyReply): void {
    const upgrade = this.upgrades.get(request.raw);
    if (!upgrade) {
      void reply.header('Upgrade', 'websocket');
      throw edgeFailure('upgrade_required');
    }
    const { caller, context } = request;
    const credential = credentialOf(request.headers);
    if (!caller || !credential) throw new Error('the gate let a stranger through');
    this.sockets.requireRoom(caller.actor.id);
    reply.hijack();
    reply.raw.detachSocket(upgrade.socket as Socket);
    this.sockets.accept(upgrade, { caller, credential, context });
  }
}

/** The answer to a refused upgrade, after which the connection ends. */
function responseOn(request: IncomingMessage, socket: Socket): ServerResponse<IncomingMessage> {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => {
    response.detachSocket(socket);
    socket.end();
  });
  return response;
}
