import type { Logger } from '@aether/runtime/logger';
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { failureOf, sendProblem } from './problem.js';

/** The boundary at which every error of every route becomes a problem, and ours are logged once. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const failure = failureOf(error);
    const about = { code: failure.code, correlationId: request.id, route: request.routeOptions.url };
    // A part that is away or slow is known by name; only the unknown needs its stack.
    if (failure.code === 'internal')
      this.logger.error({ err: failure.cause ?? failure, ...about }, 'a request failed');
    else if (failure.status >= 500) this.logger.warn(about, failure.message);
    if (!reply.sent) sendProblem(request, reply, failure);
  }
}
