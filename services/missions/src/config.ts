import { ARTIFACT_BYTES_MAX } from '@aether/contracts/mission-artifacts';
import { DatabaseConfig } from '@aether/runtime/config';
import { z } from 'zod';

const MEBIBYTE = 1024 ** 2;
const seconds = (fallback: number) => z.coerce.number().int().min(1).max(31_536_000).default(fallback);

export const MissionsConfig = DatabaseConfig.extend({
  DATA_DIR: z
    .string()
    .min(1)
    .describe('artifacts are kept below `artifacts` here, unless they are in a bucket'),
  ARTIFACT_MAX_MB: z.coerce
    .number()
    .int()
    .min(1)
    .max(ARTIFACT_BYTES_MAX / MEBIBYTE)
    .default(100),
  ARTIFACT_GRACE_S: seconds(3_600).describe('how long what was sent in part, or is used no more, is kept'),
  ARTIFACTS_S3_BUCKET: z.string().min(3).max(63).optional().describe('artifacts are kept there where given'),
  ARTIFACTS_S3_PREFIX: z.string().max(200).default(''),
  ARTIFACTS_S3_REGION: z.string().min(1).default('us-east-1'),
  ARTIFACTS_S3_ENDPOINT: z.url().optional().describe("of a server that speaks S3; Amazon's where absent"),
  ARTIFACTS_S3_ACCESS_KEY_ID: z
    .string()
    .min(1)
    .optional()
    .describe("with the next; where absent, as Amazon's tools do"),
  ARTIFACTS_S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  PLANNING_DEADLINE_S: seconds(600).describe('how long Jason may take for a plan'),
  PERSON_DEADLINE_S: seconds(30 * 86_400).describe(
    'how long a mission waits for a person before it is cancelled',
  ),
  MERGE_DEADLINE_S: seconds(3_600).describe('how long reported work may wait to be merged'),
  TASK_ATTEMPTS_MAX: z.coerce
    .number()
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe('a task whose attempt did not end in time fails once it had as many'),
  RUNNING_DEADLINE_S: seconds(7 * 86_400).describe(
    'how long a mission may run where its budget says nothing',
  ),
});
export type MissionsConfig = z.infer<typeof MissionsConfig>;
