import { DatabaseConfig } from '@aether/runtime/config';
import { AllowedRanges } from '@aether/runtime/outbound';
import { z } from 'zod';

const seconds = z.coerce.number().int().min(1).max(604_800);

const days = z.coerce.number().int().min(1).max(3_650);

const Roots = z
  .string()
  .default('')
  .transform((text) => text.split(':').filter(Boolean))
  .pipe(z.array(z.string().startsWith('/')));

export const OrchestratorConfig = DatabaseConfig.extend({
  DATA_DIR: z
    .string()
    .min(1)
    .describe('holds worktrees and cloned repositories; agents must see it at this path'),
  REPOSITORY_ROOTS: Roots.describe(
    'directories, separated by colons, whose repositories missions may name; any where empty',
  ),
  OUTBOUND_ALLOWED_RANGES: AllowedRanges,
  AGENT_ENDPOINT_HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe("address of Aether's tools for agents"),
  AGENT_ENDPOINT_PORT: z.coerce.number().int().min(0).max(65_535).default(7431),
  AGENT_ENDPOINT_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional()
    .describe('where agents on other machines find it; http://127.0.0.1:<port> where absent'),
  ATTEMPT_DEADLINE_S: seconds.default(3_600).describe('from the start of an attempt to its report'),
  QUESTION_DEADLINE_S: seconds.default(259_200),
  RETRY_PAUSE_S: seconds
    .default(5)
    .describe('before the second attempt; each further one waits twice as long'),
  TASKS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(16)
    .describe('attempts at the same time, until set by API'),
  TASKS_PER_MISSION_MAX: z.coerce.number().int().min(1).max(1_000).default(8),
  ATTEMPTS_PER_TASK_MAX: z.coerce.number().int().min(1).max(20).default(3),
  AGENT_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(4)
    .describe('tasks of a new agent at the same time'),
  MEMORY_FREE_MIN_MB: z.coerce
    .number()
    .int()
    .min(0)
    .default(512)
    .describe('no task starts with less memory available'),
  DISK_FREE_MIN_MB: z.coerce
    .number()
    .int()
    .min(0)
    .default(1_024)
    .describe('no task starts with less room on the volume of DATA_DIR'),
  RESCUE_RETENTION_DAYS: days.default(30).describe('how long work that was not accepted is kept'),
  CLONE_RETENTION_DAYS: days.default(30).describe('how long a clone is kept that no open mission uses'),
  TASK_PORT_FIRST: z.coerce.number().int().min(1_024).max(65_535).default(46_000),
  TASK_PORT_LAST: z.coerce.number().int().min(1_024).max(65_535).default(46_999),
});
export type OrchestratorConfig = z.infer<typeof OrchestratorConfig>;
