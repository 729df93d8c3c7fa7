import { Controller, Get, Header, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { DOCS_SECURITY_POLICY } from '../http/plugins.js';
import { asyncApiDocument } from './asyncapi.js';
import { errorPage } from './error-page.js';
import { openApiDocument } from './openapi.js';

/** Made at the first question and kept: the contracts do not change while the program runs. */
function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

@Controller('api/v1')
export class DocumentsController {
  private readonly openApi = once(() => JSON.stringify(openApiDocument()));
  private readonly asyncApi = once(() => JSON.stringify(asyncApiDocument()));
  private readonly errors = once(errorPage);

  @Get('openapi.json')
  @Header('Content-Type', 'application/json; charset=utf-8')
  readOpenApi(): string {
    return this.openApi();
  }

  @Get('asyncapi.json')
  @Header('Content-Type', 'application/json; charset=utf-8')
  readAsyncApi(): string {
    return this.asyncApi();
  }

  @Get('docs')
  readDocs(@Res() reply: FastifyReply): FastifyReply {
    reply.helmet({ contentSecurityPolicy: { useDefaults: false, directives: DOCS_SECURITY_POLICY } });
    return reply.sendFile('docs.html');
  }

  @Get('docs/errors')
  @Header('Content-Type', 'text/html; charset=utf-8')
  readErrors(): string {
    return this.errors();
  }
}
