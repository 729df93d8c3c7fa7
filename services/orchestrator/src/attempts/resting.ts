import type { AttemptState } from '@aether/contracts/execution';

/** States in which an attempt no longer occupies its agent. */
export const RESTING: readonly AttemptState[] = ['reviewing', 'merging', 'accepting', 'closing'];
