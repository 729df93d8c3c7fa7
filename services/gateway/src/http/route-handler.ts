import { ContractFailure } from '@aether/contracts/failure';
import type { RouteSpec } from '@aether/contracts/route';
import { runInContext, type Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FileAnswers } from './file-answers.js';
import { Gate } from './gate.js';
import { readInput } from './read-input.js';
import { Sessions } from './sessions.js';

/** The way of every request: admitted, read, asked of its owner, answered. */
@Injectable()
export class RouteHandler {
  constructor(
    private readonly messaging: Messaging,
    private readonly gate: Gate,
    private readonly sessions: Sessions,
    private readonly files: FileAnswers,
  ) {}

  async admit(route: RouteSpec, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    request.context = await this.gate.admit(request, reply, route);
  }

  async answer(route: RouteSpec, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const { context } = request;
    return runInContext(context, async () => {
      if (route.file) return this.files.answer(route, request, reply);
      const input = readInput(request, route.contract, this.sessions.inputOf(route, request));
      const output = await this.messaging.call(route.contract, input, context).catch((error: unknown) => {
        if (route.session === 'refresh' && isRefusal(error)) this.sessions.forget(reply);
        throw error;
      });
      void reply.code(route.status ?? 200).header('Cache-Control', 'no-store');
      return this.sessions.replyOf(route, reply, output);
    });
  }
}

const isRefusal = (error: unknown) => error instanceof ContractFailure && error.status === 401;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the gate has let the request through. */
    context: Context;
  }
}
