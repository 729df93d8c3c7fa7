import type { DeploymentState } from '@aether/contracts/deployer';
import type { Colours } from '../terminal.js';

/** Sign and word, so that colour is never the only thing that tells. */
export function stateLabel(state: DeploymentState, colours: Colours): string {
  switch (state) {
    case 'ready':
      return colours.green(`● ${state}`);
    case 'failed':
      return colours.red(`✖ ${state}`);
    case 'degraded':
      return colours.yellow(`▲ ${state}`);
    case 'stopped':
    case 'deleted':
      return colours.dim(`○ ${state}`);
    case 'deploying':
    case 'starting':
    case 'stopping':
    case 'deleting':
      return colours.cyan(`◌ ${state}`);
  }
}
