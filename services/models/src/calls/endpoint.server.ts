import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ContractFailure } from '@aether/contracts/failure';
import type { Logger } from '@aether/runtime/logger';
import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { fastify, type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import type { ModelsConfig } from '../config.js';
import { AuthenticateKey } from '../keys/authenticate-key.js';
import type { VirtualKey } from '../keys/virtual-key.entity.js';
import { ModelCatalogue } from '../provider/model-catalogue.js';
import { CONFIG, LOGGER } from '../tokens.js';
import { parseChatCall } from './chat-request.js';
import { CompleteChat } from './complete-chat.js';
import { OpenAiError, invalidKey, unavailable } from './openai-error.js';

/** Long conversations with pictures in them; what providers take is of this size too. */
const BODY_MAX_BYTES = 32 * 1024 * 1024;

/** The HTTP side: what agents talk to. */
@Injectable()
export class EndpointServer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly app: FastifyInstance = fastify({ bodyLimit: BODY_MAX_BYTES, keepAliveTimeout: 30_000 });

  constructor(
    @Inject(CONFIG) private readonly config: ModelsConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly authenticate: AuthenticateKey,
    private readonly catalogue: ModelCatalogue,
    private readonly completeChat: CompleteChat,
  ) {
    this.app.removeAllContentTypeParsers();
    this.app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    this.app.setErrorHandler((error: FastifyError, _request, reply) => {
      const told = this.toOpenAiError(error);
      return reply.code(told.status).send(told.body);
    });
    this.app.setNotFoundHandler(() => {
      throw new OpenAiError(
        404,
        'not_found',
        'This endpoint has POST /v1/chat/completions and GET /v1/models.',
      );
    });
    this.declareRoutes();
  }

  /** What agents are told: OpenAI-compatible, ending in /v1. */
  get baseUrl(): string {
    const { MODELS_PUBLIC_URL: told } = this.config;
    if (told) return `${told}/v1`;
    const { port } = this.app.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/v1`;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { MODELS_HOST: host, MODELS_PORT: port } = this.config;
    try {
      await this.app.listen({ host, port });
    } catch (cause) {
      throw new Error(
        `The model endpoint cannot listen on ${host}:${port} (${String(cause)}). Free the port, or set MODELS_PORT to another.`,
        { cause },
      );
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    const closed = this.app.close();
    const drained = new AbortController();
    const abort = delay(this.config.MODELS_DRAIN_MS, undefined, { signal: drained.signal }).then(
      () => this.completeChat.abortAll(),
      () => undefined,
    );
    await closed.finally(() => drained.abort());
    await abort;
  }

  private declareRoutes(): void {
    this.app.get('/health', () => ({ ok: true, demo: this.catalogue.isDemo }));

    this.app.get('/v1/models', async (request) => {
      await this.keyOf(request);
      const data = this.catalogue.models.map(({ id, demo }) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: demo ? 'aether' : 'provider',
      }));
      return { object: 'list', data };
    });

    this.app.post('/v1/chat/completions', async (request, reply) => {
      const key = await this.keyOf(request);
      await this.completeChat.execute(parseChatCall(request.body), key, reply.raw);
      reply.hijack();
    });
  }

  private async keyOf({ headers }: FastifyRequest): Promise<VirtualKey> {
    const key = await this.authenticate.execute(headers.authorization);
    if (!key) throw invalidKey();
    return key;
  }

  private toOpenAiError(error: FastifyError): OpenAiError {
    if (error instanceof OpenAiError) {
      if (error.status >= 500) this.logger.warn({ err: error }, 'a model call failed');
      return error;
    }
    if (error instanceof ContractFailure && error.code === 'unavailable') return unavailable(error);
    const status = error.statusCode ?? 500;
    if (status < 500) return new OpenAiError(status, 'invalid_request', error.message);
    this.logger.error({ err: error }, 'a model call failed');
    return new OpenAiError(
      500,
      'internal',
      'Something failed on our side; the log has the cause. Try again.',
    );
  }
}
