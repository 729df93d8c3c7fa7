import type { ContainerInspectInfo } from 'dockerode';
import { StepError } from '../steps/step-error.js';
import { refusalOf } from './engine.js';

type ContainerState = ContainerInspectInfo['State'];

const CONFIG_FAULT = 78;

/** How a container ended, in a sentence. */
export function exitOf({ OOMKilled, ExitCode, Error: fault }: ContainerState): string {
  if (OOMKilled) return 'It needed more memory than its limit allows.';
  if (fault) return `The engine says: ${fault}`;
  if (ExitCode === 137) return 'It was ended by SIGKILL.';
  return `It exited with code ${ExitCode}.`;
}

/** Why a container that was started is not ready. */
export function explainExit(state: ContainerState): StepError {
  const cause = `The container ended before its gateway was ready. ${exitOf(state)}`;
  if (state.OOMKilled)
    return new StepError({
      code: 'killed',
      cause,
      remedy: 'Give it more memory (`memoryMb`), then try again.',
    });
  if (state.ExitCode === CONFIG_FAULT)
    return new StepError({
      code: 'config_refused',
      cause,
      remedy: 'The last lines name the faulty setting. Mend the template or the model, then try again.',
    });
  return new StepError({
    code: 'exited_early',
    cause,
    remedy:
      'The last lines say why; an image whose command runs no OpenClaw gateway ends like this too. Mend that, then try again.',
  });
}

/** Why the engine did not start a container; anything it did not say unchanged. */
export function explainStart(error: unknown): unknown {
  const refusal = refusalOf(error);
  return refusal ? explainRefusal(refusal.message, error) : error;
}

/** What the engine said instead of starting a container. */
export function explainRefusal(message: string, cause?: unknown): StepError {
  if (/port is already allocated|address already in use|host-mode port already in use/u.test(message))
    return new StepError(
      {
        code: 'port_taken',
        cause: 'Another program took the port.',
        remedy: 'Repair the deployment: it then chooses another port.',
      },
      { cause },
    );
  return new StepError(
    {
      code: 'container_refused',
      cause: `The engine does not run the container: ${message}`,
      remedy: 'Check image and limits of the deployment, then try again.',
    },
    { cause },
  );
}
