import { fileURLToPath } from 'node:url';
import { BaseConfig } from '@aether/runtime/config';
import { z } from 'zod';

const count = (fallback: number, max = 1_000_000) =>
  z.coerce.number().int().min(1).max(max).default(fallback);

const allowance = (fallback: number, what: string) => count(fallback, 100_000_000).describe(what);

const list = (text: string) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');

const Hops = z
  .string()
  .regex(/^\d{1,2}$/)
  .transform(Number);
const Addresses = z
  .string()
  .transform(list)
  .pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])));
const TrustedProxies = z.union([Hops, Addresses]).default(0);

/** Where `npm run build:console` leaves it, seen from this file when built. */
const CONSOLE_EXPORT = fileURLToPath(new URL('../../../web/out', import.meta.url));

const Origin = z.url().transform((url) => new URL(url).origin);

export const GatewayConfig = BaseConfig.omit({ HEALTH_PORT: true })
  .extend({
    HOST: z.string().min(1).default('127.0.0.1'),
    PORT: z.coerce.number().int().min(0).max(65_535).default(7420).describe('0 takes a free one'),
    PUBLIC_URL: z
      .url()
      .optional()
      .describe('address people use; https makes cookies Secure. http://HOST:PORT where absent'),
    CORS_ORIGINS: z
      .string()
      .default('')
      .transform(list)
      .pipe(z.array(Origin))
      .describe('other origins that may use the API from a browser, with commas'),
    TRUSTED_PROXIES: TrustedProxies.describe(
      'whose X-Forwarded-* is believed: how many proxies are before this one, or their addresses and CIDRs with commas',
    ),
    TLS_CERT_FILE: z.string().min(1).optional().describe('PEM, with the chain; https is spoken where given'),
    TLS_KEY_FILE: z.string().min(1).optional().describe('PEM'),
    CONSOLE_DIR: z.string().min(1).default(CONSOLE_EXPORT).describe('the exported console'),
    AGENT_ENDPOINT_URL: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('where the orchestrator serves agents; passed on at /mcp and /git where given'),
    BODY_LIMIT_BYTES: count(1024 ** 2, 64 * 1024 ** 2),
    REQUEST_TIMEOUT_MS: count(30_000),
    SHUTDOWN_DELAY_MS: z.coerce
      .number()
      .int()
      .min(0)
      .max(60_000)
      .default(0)
      .describe('how long /health/ready answers 503 before connections are refused'),
    RATE_READ_PER_MINUTE: allowance(6_000, 'reads of one person or key'),
    RATE_WRITE_PER_MINUTE: allowance(3_000, 'changes by one person or key'),
    RATE_EXPENSIVE_PER_MINUTE: allowance(120, 'requests of one person or key that start much work'),
    RATE_ANONYMOUS_PER_MINUTE: allowance(600, 'requests of strangers and failed proofs, of one address'),
    RATE_SIGN_IN_PER_MINUTE: allowance(30, 'proofs of identity, of one address or person'),
    REDIS_URL: z
      .string()
      .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
      .optional()
      .describe('where several edges count together; each counts by itself where absent'),
    METRICS_TOKEN: z
      .string()
      .min(16)
      .optional()
      .describe('lets whoever sends it as a bearer token read /metrics, beside those with `system:read`'),
    METRICS_LOOPBACK: z
      .stringbool()
      .default(false)
      .describe('lets every process of this machine read /metrics; not with a proxy on the same machine'),
    LIVE_SOCKETS_PER_ACTOR_MAX: count(50),
    LIVE_SUBSCRIPTIONS_MAX: count(100).describe('of one socket'),
    LIVE_FRAMES_PER_SECOND_MAX: count(50).describe('that one socket may send'),
    LIVE_FRAME_BYTES_MAX: count(64 * 1024),
    LIVE_BUFFER_BYTES_MAX: count(1024 ** 2, 1024 ** 3).describe(
      'unsent bytes of one socket before topics stop',
    ),
    LIVE_QUEUE_MAX: count(5_000).describe('entries of one topic held back during a backfill'),
    LIVE_PING_INTERVAL_MS: count(25_000, 60_000),
  })
  .refine(({ TLS_CERT_FILE, TLS_KEY_FILE }) => !TLS_CERT_FILE === !TLS_KEY_FILE, {
    path: ['TLS_KEY_FILE'],
    message: 'give TLS_CERT_FILE and TLS_KEY_FILE together, or neither',
  });
export type GatewayConfig = z.infer<typeof GatewayConfig>;

/** The configuration by injection. */
export const CONFIG = Symbol('gateway configuration');
/** The logger by injection. */
export const LOGGER = Symbol('gateway logger');
