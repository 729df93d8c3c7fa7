import { DatabaseConfig } from '@aether/runtime/config';
import { AllowedRanges } from '@aether/runtime/outbound';
import { z } from 'zod';

const milliseconds = (fallback: number) => z.coerce.number().int().min(1).max(3_600_000).default(fallback);
const tokens = (fallback: number) => z.coerce.number().int().min(1).max(100_000_000).default(fallback);
const price = z.coerce.number().min(0).max(100_000).optional();
const HttpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

export const ModelsConfig = DatabaseConfig.extend({
  MODELS_HOST: z.string().min(1).default('127.0.0.1').describe('address the endpoint listens on'),
  MODELS_PORT: z.coerce.number().int().min(0).max(65_535).default(7421),
  MODELS_PUBLIC_URL: HttpUrl.optional().describe(
    'what agents are told, without /v1; http://127.0.0.1:<port> where absent',
  ),
  MODELS_DRAIN_MS: milliseconds(5_000).describe('how long running calls may go on at shutdown'),
  MODEL_PROVIDER_BASE_URL: HttpUrl.optional().describe(
    'OpenAI-compatible, ending in /v1; the demo model answers where absent',
  ),
  MODEL_PROVIDER_API_KEY: z.string().min(1).optional(),
  MODEL_PROVIDER_MODEL: z.string().min(1).max(200).optional().describe('model that agents get by default'),
  MODEL_PROVIDER_STREAM_USAGE: z
    .stringbool()
    .default(true)
    .describe('ask for usage in streams; off for providers that refuse stream_options'),
  MODEL_PROVIDER_INPUT_USD_PER_MILLION: price,
  MODEL_PROVIDER_OUTPUT_USD_PER_MILLION: price,
  OUTBOUND_ALLOWED_RANGES: AllowedRanges,
  DATA_DIR: z
    .string()
    .min(1)
    .optional()
    .describe('keeps usage that the database has not taken yet; in memory only where absent'),
  MODEL_CONTEXT_WINDOW_TOKENS: tokens(128_000),
  MODEL_OUTPUT_MAX_TOKENS: tokens(8_192),
  // The built-in client gives up at 300 s by itself, without saying why.
  MODEL_FIRST_BYTE_TIMEOUT_MS: z.coerce.number().int().min(1).max(290_000).default(180_000),
  MODEL_IDLE_TIMEOUT_MS: z.coerce.number().int().min(1).max(290_000).default(120_000),
  MODEL_FALLBACK_AFTER_MS: z.coerce
    .number()
    .int()
    .min(1)
    .max(290_000)
    .default(60_000)
    .describe('without a first byte, where another model stands in'),
  MODEL_OUT_OF_TURN_MS: milliseconds(15_000).describe(
    'how long a model that failed five times in a row is not asked, where another stands in',
  ),
  USAGE_CHECK_AFTER_MS: milliseconds(10_000).describe(
    'how long after a turn the ledger is held against its gateway; also the pause between rounds',
  ),
  DEMO_DELAY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(15)
    .describe('between words of the demo model'),
}).superRefine((config, context) => {
  const missing = (path: string, message: string) =>
    context.addIssue({ code: 'custom', path: [path], message });
  if (config.MODEL_PROVIDER_BASE_URL && !config.MODEL_PROVIDER_MODEL)
    missing('MODEL_PROVIDER_MODEL', 'is needed where MODEL_PROVIDER_BASE_URL is given');
  if (config.MODEL_PROVIDER_API_KEY && !config.MODEL_PROVIDER_BASE_URL)
    missing('MODEL_PROVIDER_BASE_URL', 'is needed where MODEL_PROVIDER_API_KEY is given');
});
export type ModelsConfig = z.infer<typeof ModelsConfig>;
