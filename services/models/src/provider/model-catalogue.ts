import type { Model } from '@aether/contracts/models';
import { Inject, Injectable } from '@nestjs/common';
import { withFields, type ChatCall, type ChatRequest } from '../calls/chat-request.js';
import { unknownModel } from '../calls/openai-error.js';
import type { ModelsConfig } from '../config.js';
import { DemoModel } from '../demo/demo-model.js';
import { CONFIG } from '../tokens.js';
import { Provider } from './provider.js';
import type { Upstream } from './upstream.js';

export const DEMO_MODEL = 'aether-demo';
/** Whatever the installation uses by default, so that an agent's configuration need not name it. */
const DEFAULT_ALIAS = 'default';
const DEMO_ALIASES: readonly string[] = [DEMO_MODEL, 'demo'];

/** Which models there are, and who answers for them. */
@Injectable()
export class ModelCatalogue {
  readonly provider: Provider | null;
  readonly defaultModel: string;
  readonly models: readonly Model[];
  private readonly demo: DemoModel;
  private readonly asksUsage: boolean;

  constructor(@Inject(CONFIG) config: ModelsConfig) {
    this.demo = new DemoModel(DEMO_MODEL, config.DEMO_DELAY_MS);
    this.provider = config.MODEL_PROVIDER_BASE_URL
      ? new Provider({
          baseUrl: config.MODEL_PROVIDER_BASE_URL,
          apiKey: config.MODEL_PROVIDER_API_KEY,
          firstByteTimeoutMs: config.MODEL_FIRST_BYTE_TIMEOUT_MS,
          idleTimeoutMs: config.MODEL_IDLE_TIMEOUT_MS,
        })
      : null;
    this.asksUsage = config.MODEL_PROVIDER_STREAM_USAGE;
    this.defaultModel = (this.provider && config.MODEL_PROVIDER_MODEL) ?? DEMO_MODEL;
    const limits = {
      contextWindow: config.MODEL_CONTEXT_WINDOW_TOKENS,
      maxTokens: config.MODEL_OUTPUT_MAX_TOKENS,
    };
    this.models = [...new Set([this.defaultModel, DEMO_MODEL])].map((id) => ({
      id,
      demo: id === DEMO_MODEL,
      ...limits,
    }));
  }

  /** True where no provider is configured and every agent talks to the demo model. */
  get isDemo(): boolean {
    return this.provider === null;
  }

  /** Who answers a call, and the call as it is sent on. Any other name is the provider's to know. */
  resolve(asked: ChatCall): { call: ChatCall; model: string; upstream: Upstream } {
    const named = asked.request.model === DEFAULT_ALIAS ? this.defaultModel : asked.request.model;
    const isDemo = DEMO_ALIASES.includes(named);
    if (!isDemo && !this.provider) throw unknownModel(named, [DEMO_MODEL]);
    const model = isDemo ? DEMO_MODEL : named;
    const fields: Partial<ChatRequest> = { ...(model !== asked.request.model && { model }) };
    const { stream, stream_options: options } = asked.request;
    if (stream && !options?.include_usage && (isDemo || this.asksUsage))
      fields.stream_options = { ...options, include_usage: true };
    return {
      call: withFields(asked, fields),
      model,
      upstream: isDemo ? this.demo : (this.provider ?? this.demo),
    };
  }
}
