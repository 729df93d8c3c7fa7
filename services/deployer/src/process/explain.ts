import { InstallError, type InstallErrorCode } from '@aether/openclaw-process/install';
import type { GatewayStatus } from '@aether/openclaw-process/process';
import { StepError } from '../steps/step-error.js';

const installRemedies: Record<InstallErrorCode, string> = {
  disk_full: 'Free some room on that disk, then try again.',
  failed: 'Read what npm printed in the log, then try again.',
  no_network: 'Check the network, the proxy and the registry npm is set to, then try again.',
  no_such_version: 'Check which registry npm is set to, then try again.',
  node_unsuitable: 'Run Aether with Node.js 24.16 or newer of the 24 line, then try again.',
  not_permitted: 'Give the data directory to the user that Aether runs as, then try again.',
  npm_missing: 'Install npm for the user that Aether runs as, then try again.',
};

/** A failed installation as cause and remedy; anything else unchanged. */
export function explainInstall(error: unknown): unknown {
  if (!(error instanceof InstallError)) return error;
  const code = error.code === 'failed' ? 'install_failed' : error.code;
  return new StepError({ code, cause: error.message, remedy: installRemedies[error.code] }, { cause: error });
}

/** Why a gateway that was started is not ready, by how it ended; unchanged while it runs. */
export function explainStart(error: unknown, status: GatewayStatus): unknown {
  // The lines that follow are in the deployment's log anyway.
  const [told = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const cause = told.replace(/ Its last lines:$/, '');
  if (status.state === 'running') return error;
  if (status.code === 78)
    return new StepError(
      {
        code: 'config_refused',
        cause,
        remedy: 'The last lines name the faulty setting. Mend the template or the model, then try again.',
      },
      { cause: error },
    );
  if (status.signal === 'SIGKILL')
    return new StepError(
      {
        code: 'killed',
        cause,
        remedy: 'Probably the machine ran out of memory: stop another agent or program, then try again.',
      },
      { cause: error },
    );
  return new StepError(
    { code: 'exited_early', cause, remedy: 'The last lines say why. Mend that, then try again.' },
    { cause: error },
  );
}
