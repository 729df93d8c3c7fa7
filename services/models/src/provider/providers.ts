import { authRequests } from '@aether/contracts/auth';
import { ContractFailure } from '@aether/contracts/failure';
import { serviceContext } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Clock } from '@aether/runtime/clock';
import type { Logger } from '@aether/runtime/logger';
import { Outbound } from '@aether/runtime/outbound';
import { Inject, Injectable } from '@nestjs/common';
import { ConsecutiveBreaker, circuitBreaker, handleAll, type CircuitBreakerPolicy } from 'cockatiel';
import { ApiError } from '../calls/api-error.js';
import type { ModelsConfig } from '../config.js';
import { CLOCK, CONFIG, LOGGER } from '../tokens.js';
import type { ModelProviderRow } from './model-provider.entity.js';
import { ModelProviderRepository } from './model-provider.repository.js';
import { Provider } from './provider.js';

/** Another instance may have changed a provider, or its key: the old one is used here for this long at most. */
const ROWS_FRESH_MS = 2_000;
const KEY_FRESH_MS = 60_000;
/** So many failures in a row take a provider out of turn, where another can answer. */
const FAILURES_MAX = 5;

interface Rows {
  readonly rows: readonly ModelProviderRow[];
  readonly defaults: readonly string[];
}

interface Opened {
  readonly provider: Provider;
  readonly key: string | undefined;
  readonly updatedAt: number;
  readonly readAt: number;
}

/** The providers that people added: their rows, and the open connections with their keys. */
@Injectable()
export class Providers {
  private readonly opened = new Map<string, Opened>();
  private readonly circuits = new Map<string, CircuitBreakerPolicy>();
  private readonly outbound: Outbound;
  private rows: (Rows & { readAt: number }) | null = null;

  constructor(
    private readonly repository: ModelProviderRepository,
    private readonly messaging: Messaging,
    @Inject(CONFIG) private readonly config: ModelsConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.outbound = new Outbound(config.OUTBOUND_ALLOWED_RANGES);
  }

  /** As they were a moment ago; while the database is away, as they were last seen. */
  async all(): Promise<Rows> {
    const now = this.clock.now().getTime();
    if (this.rows && now - this.rows.readAt < ROWS_FRESH_MS) return this.rows;
    try {
      this.rows = { ...(await this.repository.read()), readAt: now };
    } catch (error) {
      if (!this.rows) throw error;
    }
    return this.rows;
  }

  /** With the key that is in the vault now. While the vault is away the key last read goes on. */
  async open(row: ModelProviderRow): Promise<Provider> {
    const known = this.opened.get(row.id);
    const now = this.clock.now().getTime();
    const updatedAt = row.updatedAt.getTime();
    const same = known?.updatedAt === updatedAt ? known : undefined;
    if (same && now - same.readAt < KEY_FRESH_MS) return same.provider;
    const key = await this.keyOf(row, same);
    const provider = same && same.key === key ? same.provider : this.connect({ ...row, key });
    this.opened.set(row.id, { provider, key, updatedAt, readAt: now });
    if (known && known.provider !== provider) this.close(known.provider);
    return provider;
  }

  /** A client of its own, as for trying a key that is not saved yet. To be closed by the caller. */
  connect({
    kind,
    baseUrl,
    key,
  }: Pick<ModelProviderRow, 'kind' | 'baseUrl'> & { key: string | undefined }): Provider {
    return new Provider({
      kind,
      baseUrl,
      apiKey: key,
      outbound: this.outbound,
      firstByteTimeoutMs: this.config.MODEL_FIRST_BYTE_TIMEOUT_MS,
      idleTimeoutMs: this.config.MODEL_IDLE_TIMEOUT_MS,
    });
  }

  async reveal({ name, secretId }: Pick<ModelProviderRow, 'name' | 'secretId'>): Promise<string | undefined> {
    if (secretId === null) return undefined;
    const input = { id: secretId, purpose: `model provider ${name}` };
    return (await this.messaging.call(authRequests.revealSecret, input, serviceContext('models'))).value;
  }

  circuitOf(name: string): CircuitBreakerPolicy {
    const known = this.circuits.get(name);
    if (known) return known;
    const halfOpenAfter = this.config.MODEL_OUT_OF_TURN_MS;
    const options = { halfOpenAfter, breaker: new ConsecutiveBreaker(FAILURES_MAX) };
    const circuit = circuitBreaker(handleAll, options);
    circuit.onBreak(() => this.logger.warn({ provider: name }, 'a model provider is out of turn'));
    this.circuits.set(name, circuit);
    return circuit;
  }

  /** After a change here, so that it holds at once; who was out of turn may have been mended by it. */
  forget(): void {
    this.rows = null;
    this.circuits.clear();
  }

  /** After a secret was replaced: whoever has it reads it again before the next call. */
  forgetKeys(): void {
    for (const [id, opened] of this.opened) this.opened.set(id, { ...opened, readAt: 0 });
  }

  private async keyOf(row: ModelProviderRow, known: Opened | undefined): Promise<string | undefined> {
    try {
      return await this.reveal(row);
    } catch (cause) {
      const isGone = cause instanceof ContractFailure && cause.code === 'secret_not_found';
      if (known && !isGone) return known.key;
      throw new ApiError(
        503,
        'provider_key_unavailable',
        isGone
          ? `The key of the model provider "${row.name}" is not in the vault any more. Give the provider a new key.`
          : `The key of the model provider "${row.name}" cannot be read now. Try again in a moment.`,
        { cause },
      );
    }
  }

  private close(provider: Provider): void {
    provider.close().catch((error: unknown) => this.logger.warn({ err: error }, 'a provider did not close'));
  }
}
