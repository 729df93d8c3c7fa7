import type { Method, RouteSpec } from '@aether/contracts/route';
import { routes } from '@aether/contracts/routes';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { edgeFailure } from './edge-errors.js';
import { RouteHandler } from './route-handler.js';

const METHODS: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Serves exactly the route table of the contracts; another method at one of its addresses is a 405. */
@Injectable()
export class ApiRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost<FastifyAdapter>,
    private readonly handler: RouteHandler,
  ) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance();
    const methodsByUrl = new Map<string, Method[]>();
    for (const { method, url, route } of servedRoutes()) {
      methodsByUrl.set(url, [...(methodsByUrl.get(url) ?? []), method]);
      fastify.route({
        method,
        url,
        // Before the body is read: a stranger's megabyte is not worth parsing.
        onRequest: (request, reply) => this.handler.admit(route, request, reply),
        handler: (request, reply) => this.handler.answer(route, request, reply),
      });
    }
    for (const [url, methods] of methodsByUrl)
      fastify.route({
        method: METHODS.filter((method) => !methods.includes(method)),
        url,
        config: { refused: true },
        onRequest: (_request, reply, done) => {
          void reply.header('Allow', methods.join(', '));
          done(edgeFailure('method_not_allowed', { detail: `This address takes ${methods.join(', ')}.` }));
        },
        handler: () => null,
      });
  }
}

/** The route table in the words of Fastify: `:id` instead of `{id}`. */
function servedRoutes(): { method: Method; url: string; route: RouteSpec }[] {
  return Object.entries<RouteSpec>(routes).map(([key, route]) => {
    const [method, path] = key.split(' ') as [Method, string];
    return { method, url: path.replaceAll(/\{(\w+)\}/g, ':$1'), route };
  });
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Served only to say that the method is not allowed. */
    refused?: boolean;
  }
}
