import { DatabaseConfig } from '@aether/runtime/config';
import { AllowedRanges } from '@aether/runtime/outbound';
import { z } from 'zod';

const seconds = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);

export const BridgeConfig = DatabaseConfig.extend({
  OUTBOUND_ALLOWED_RANGES: AllowedRanges,
  LEASE_S: seconds(2, 60).describe('after this, a dead instance is replaced'),
  PROBE_EVERY_S: seconds(60, 86_400),
  TURN_MAX_S: seconds(1_800, 86_400).describe('a turn that has not ended by then is aborted'),
  QUEUE_MAX_S: seconds(600, 86_400).describe('how long a message waits for its gateway'),
  UNSENT_MAX_S: seconds(3_600, 604_800).describe('how long a file waits for the message that brings it'),
  RESUME_MAX_S: seconds(60, 3_600).describe(
    'how long a gateway that came back may take to go on with a turn',
  ),
});
export type BridgeConfig = z.infer<typeof BridgeConfig>;
