import { z } from 'zod';

/** The environment of a process, or what a host gives one of its services instead. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown at boot with every fault of the configuration listed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Settings every service reads. A service's own schema extends this one. */
export const BaseConfig = z.object({
  NATS_URL: z.string().min(1).describe('nats://host:port, several with commas'),
  NATS_USER: z.string().min(1).optional().describe("the service's name where absent"),
  NATS_PASSWORD: z.string().min(1),
  STREAM_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  REQUESTS_CONCURRENCY: z.coerce.number().int().min(1).max(1_024).default(64),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_PRETTY: z.stringbool().optional().describe('on where standard output is a terminal'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional().describe('collector; traces are off where absent'),
  HEALTH_PORT: z.coerce
    .number()
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe('serves /health/live and /health/ready for probes'),
});
export type BaseConfig = z.infer<typeof BaseConfig>;

/** Settings of a service with a database. */
export const DatabaseConfig = BaseConfig.extend({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  DATABASE_POOL_MAX: z.coerce.number().int().min(1).max(200).default(10),
});
export type DatabaseConfig = z.infer<typeof DatabaseConfig>;

/** Parses an environment or throws `ConfigError` that names every fault. Empty values count as absent. */
export function parseConfig<S extends z.ZodType>(
  service: string,
  schema: S,
  environment: Environment,
): z.output<S> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new ConfigError(`The configuration of ${service} is not usable:\n${faults.join('\n')}`);
}

/** The environment of this process; the one place where it is read. */
export function processEnvironment(): Environment {
  return process.env;
}
