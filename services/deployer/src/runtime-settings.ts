import type { Runtime, RuntimeSettings } from '@aether/contracts/deployer';
import type { Refusing } from '@aether/messaging/requests';

/** Limits and images are for containers: a process that was given some would seem to have them. */
export function refuseSettings(
  runtime: Runtime,
  settings: RuntimeSettings | undefined,
  context: Refusing<'settings_not_supported'>,
): void {
  const names = Object.keys(settings ?? {});
  if (runtime === 'process' && names.length > 0)
    throw context.fail('settings_not_supported', {
      detail: `The runtime "process" has no ${names.join(', ')}.`,
    });
}
