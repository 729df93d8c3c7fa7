import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { Logger } from '@aether/runtime/logger';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { OrchestratorConfig } from '../config.js';
import { CONFIG, LOGGER } from '../tokens.js';
import { AgentTools } from './agent-tools.js';
import { GitEndpoint } from './git-endpoint.js';

/** What an agent hands over inside a call; larger things it hands over by path. */
const BODY_MAX_BYTES = 2 * 1024 ** 2;

/** The HTTP side: what agents at work talk to. Every call names the attempt it is made for by that attempt's token. */
@Injectable()
export class AgentServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly app: FastifyInstance = fastify({
    bodyLimit: BODY_MAX_BYTES,
    keepAliveTimeout: 30_000,
    forceCloseConnections: true,
  });

  constructor(
    @Inject(CONFIG) private readonly config: OrchestratorConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly tools: AgentTools,
    private readonly git: GitEndpoint,
  ) {
    this.app.post('/mcp', (request, reply) => this.callTool(request, reply));
    // Calls have no session: there is nothing to listen to and nothing to end.
    this.app.route({
      method: ['GET', 'DELETE'],
      url: '/mcp',
      handler: (_request, reply) => reply.code(405).header('allow', 'POST').send(),
    });
    void this.app.register((scope, _options, done) => {
      // What git sends is passed on as it comes, whatever its size.
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _body, parsed) => parsed(null));
      scope.all<{ Params: { id: string; '*': string } }>('/git/:id/*', (request, reply) => {
        const { id, '*': path } = request.params;
        return this.serveGit({ id, path: `/${path}` }, request, reply);
      });
      done();
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { AGENT_ENDPOINT_HOST: host, AGENT_ENDPOINT_PORT: port } = this.config;
    try {
      await this.app.listen({ host, port });
    } catch (cause) {
      throw new Error(
        `The endpoint for agents cannot listen on ${host}:${port} (${String(cause)}). Free the port, or set AGENT_ENDPOINT_PORT to another.`,
        { cause },
      );
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.app.close();
  }

  private async serveGit(
    { id, path }: { id: string; path: string },
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    reply.hijack();
    const { search } = new URL(request.url, 'http://agents');
    try {
      await this.git.serve({ id, path, query: search.slice(1) }, request.raw, reply.raw);
    } catch (error) {
      this.logger.info({ err: error, attemptId: id }, 'an exchange of git ended early');
      reply.raw.destroy();
    }
  }

  private async callTool(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    const server = this.tools.server();
    reply.raw.once('close', () => void server.close().catch(() => undefined));
    await server.connect(transport);
    reply.hijack();
    try {
      await transport.handleRequest(request.raw, reply.raw, request.body);
    } catch (error) {
      this.logger.warn({ err: error }, 'a call of an agent could not be answered');
      reply.raw.destroy();
    }
  }
}
