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
import { API_PATHS, formatOf } from '../provider/wire.js';
import { CONFIG, LOGGER } from '../tokens.js';
import { parseCall } from './api-call.js';
import { AnswerCall } from './answer-call.js';
import { ChatRequest } from './chat-request.js';
import { ApiError, invalidKey, tooLarge, unavailable } from './api-error.js';

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
    private readonly answerCall: AnswerCall,
  ) {
    this.app.removeAllContentTypeParsers();
    this.app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    this.app.setErrorHandler((error: FastifyError, request, reply) => {
      const told = this.toApiError(error);
      return reply.code(told.status).send(told.bodyFor(formatOf(request.url)));
    });
    this.app.setNotFoundHandler(() => {
      throw new ApiError(
        404,
        'not_found',
        `This endpoint has GET /v1/models and POST ${API_PATHS.map((path) => `/v1${path}`).join(', ')}.`,
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
      () => this.answerCall.abortAll(),
      () => undefined,
    );
    await closed.finally(() => drained.abort());
    await abort;
  }

  private declareRoutes(): void {
    this.app.get('/health', async () => ({ ok: true, demo: (await this.catalogue.describe()).demo }));

    this.app.get('/v1/models', async (request) => {
      await this.keyOf(request);
      const { models } = await this.catalogue.describe();
      const data = models.map(({ id, demo }) => ({
        id,
        object: 'model',
        created: 0,
        owned_by: demo ? 'aether' : 'provider',
      }));
      return { object: 'list', data };
    });

    // Before the body is read: a stranger is not waited for.
    const onRequest = async (request: FastifyRequest) => void (await this.keyOf(request));
    for (const path of API_PATHS)
      this.app.post(`/v1${path}`, { onRequest }, async (request, reply) => {
        const key = await this.keyOf(request);
        const schema = path === '/chat/completions' ? ChatRequest : undefined;
        const call = { ...parseCall(request.body, { path, schema }), headers: passedHeaders(request) };
        const session = sessionOf(request) ?? call.request.user ?? null;
        await this.answerCall.execute(call, { key, session, response: reply.raw });
        reply.hijack();
      });
  }

  private async keyOf({ headers }: FastifyRequest): Promise<VirtualKey> {
    const key = await this.authenticate.execute(headers.authorization ?? bearer(headers['x-api-key']));
    if (!key) throw invalidKey();
    return key;
  }

  private toApiError(error: FastifyError): ApiError {
    if (error instanceof ApiError) {
      if (error.status >= 500) this.logger.warn({ err: error }, 'a model call failed');
      return error;
    }
    if (error instanceof ContractFailure && error.code === 'unavailable') return unavailable(error);
    const status = error.statusCode ?? 500;
    if (status === 413) return tooLarge(BODY_MAX_BYTES);
    if (status < 500) return new ApiError(status, 'invalid_request', error.message);
    this.logger.error({ err: error }, 'a model call failed');
    return new ApiError(500, 'internal', 'Something failed on our side; the log has the cause. Try again.');
  }
}

const SESSION_MAX = 500;
const textOf = (header: string | string[] | undefined) =>
  typeof header === 'string' && header !== '' ? header.slice(0, SESSION_MAX) : undefined;
/** As OpenClaw names it, with the number of its present context behind. */
const sessionOf = ({ headers }: FastifyRequest) => textOf(headers['session_id'])?.replace(/:\d+$/, '');
/** Anthropic's clients show their key so. */
const bearer = (key: string | string[] | undefined) =>
  typeof key === 'string' ? `Bearer ${key}` : undefined;

/** Which version of its format the body is in; everything else of a client's headers stays here. */
function passedHeaders({ headers }: FastifyRequest): Record<string, string> {
  const passed = ['anthropic-version', 'anthropic-beta', 'openai-beta'] as const;
  return Object.fromEntries(
    passed.flatMap((name) => {
      const value = textOf(headers[name]);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
