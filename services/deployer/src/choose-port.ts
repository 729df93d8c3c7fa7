import { assertPortFree } from '@aether/openclaw-process/port';
import { StepError } from './steps/step-error.js';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export interface WantedPort {
  readonly preferred: number | null;
  readonly taken: readonly number[];
}

/** A port of the range that nothing on this machine listens on: the preferred one if it can be had. */
export async function choosePort(
  { first, last }: PortRange,
  { preferred, taken }: WantedPort,
): Promise<number> {
  const range = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  for (const port of preferred === null ? range : [preferred, ...range])
    if (!taken.includes(port) && (await isFree(port))) return port;
  throw new StepError({
    code: 'port_taken',
    cause: `No port from ${first} to ${last} is free.`,
    remedy: 'Delete deployments, or widen PORT_FIRST and PORT_LAST, then try again.',
  });
}

async function isFree(port: number): Promise<boolean> {
  return assertPortFree(port).then(
    () => true,
    () => false,
  );
}
