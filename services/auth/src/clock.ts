import type { Clock } from '@aether/runtime/clock';

export type { Clock };
export const CLOCK = Symbol('Clock');
