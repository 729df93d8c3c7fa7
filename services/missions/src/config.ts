import { DatabaseConfig } from '@aether/runtime/config';
import { z } from 'zod';

const seconds = (fallback: number) => z.coerce.number().int().min(1).max(31_536_000).default(fallback);

export const MissionsConfig = DatabaseConfig.extend({
  PLANNING_DEADLINE_S: seconds(600).describe('how long Jason may take for a plan'),
  PERSON_DEADLINE_S: seconds(30 * 86_400).describe(
    'how long a mission waits for a person before it is cancelled',
  ),
  RUNNING_DEADLINE_S: seconds(7 * 86_400).describe(
    'how long a mission may run where its budget says nothing',
  ),
});
export type MissionsConfig = z.infer<typeof MissionsConfig>;
