import Docker from 'dockerode';
import { z } from 'zod';
import { StepError } from '../steps/step-error.js';

const Refusal = z.object({ statusCode: z.number(), message: z.string() });
/** What the client puts before the engine's own words. */
const PREFIX = /^\(HTTP code \d+\) [^-]* - /u;

export interface EngineRefusal {
  readonly status: number;
  readonly message: string;
}

/** What the engine answered instead of doing what it was asked; null where it did not answer at all. */
export function refusalOf(error: unknown): EngineRefusal | null {
  const { success, data } = Refusal.safeParse(error);
  if (!success) return null;
  return { status: data.statusCode, message: data.message.replace(PREFIX, '').trim() };
}

export async function unlessStatus<T>(work: Promise<T>, ...expected: number[]): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    const status = refusalOf(error)?.status;
    if (status !== undefined && expected.includes(status)) return null;
    throw error;
  }
}

/** The engine behind a socket of this machine. */
export function connectEngine(socketPath: string): Docker {
  return new Docker({ socketPath });
}

const AWAY: Readonly<Record<string, { code: string; cause: string; remedy: string }>> = {
  ENOENT: {
    code: 'engine_missing',
    cause: 'There is no Docker engine at',
    remedy:
      'Install Docker (on Debian: apt-get install docker.io) or set DOCKER_SOCKET to where it listens, then try again.',
  },
  EACCES: {
    code: 'engine_not_permitted',
    cause: 'Aether may not use the Docker engine at',
    remedy: 'Add the user that Aether runs as to the group "docker", start Aether again, then try again.',
  },
  ECONNREFUSED: {
    code: 'engine_down',
    cause: 'No Docker engine answers at',
    remedy: 'Start it (systemctl start docker), then try again.',
  },
};

/** Why the engine cannot be asked, with what to do; any other error unchanged. */
export function explainEngine(error: unknown, socketPath: string): unknown {
  const refusal = refusalOf(error);
  if (refusal?.status === 503 && refusal.message.includes('swarm')) return withoutSwarm(error);
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return error;
  const away = AWAY[String(error.code)];
  if (error.syscall !== 'connect' || !away) return error;
  return new StepError({ ...away, cause: `${away.cause} ${socketPath}.` }, { cause: error });
}

export function withoutSwarm(cause?: unknown): StepError {
  return new StepError(
    {
      code: 'engine_without_swarm',
      cause: 'The Docker engine manages no swarm.',
      remedy:
        'Start one (`docker swarm init`; with several addresses also `--advertise-addr 127.0.0.1`) or use the runtime "docker", then try again.',
    },
    { cause },
  );
}

export function isEngineAway(error: unknown): boolean {
  return error instanceof StepError && error.code.startsWith('engine_');
}
