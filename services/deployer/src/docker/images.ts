import type Docker from 'dockerode';
import { z } from 'zod';
import { StepError } from '../steps/step-error.js';
import type { Progress } from '../runtime.js';
import { refusalOf, unlessStatus } from './engine.js';

const Pulled = z.object({
  status: z.string().optional(),
  id: z.string().optional(),
  error: z.string().optional(),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).optional(),
});

const TELL_EVERY_MS = 1_000;

/** Finds out whether the image is here or can be had, without fetching it. */
export async function checkImage(docker: Docker, image: string): Promise<string> {
  if (await digestOf(docker, image)) return `image ${image} is here`;
  try {
    await docker.getImage(image).distribution();
  } catch (error) {
    throw explainPull(image, error);
  }
  return `image ${image} can be pulled`;
}

/** The digest that a registry knows the image by, or its own id where it came from none; null where it is not here. */
async function digestOf(docker: Docker, image: string): Promise<string | null> {
  const found = await unlessStatus(docker.getImage(image).inspect(), 404);
  return found ? (found.RepoDigests[0] ?? found.Id) : null;
}

/** Fetches the image unless it is here; tells about once a second how far it is. */
export async function pullImage(docker: Docker, image: string, progress: Progress): Promise<string> {
  const present = await digestOf(docker, image);
  if (present) return present;
  try {
    const stream = await docker.pull(image, { abortSignal: progress.signal });
    await follow(docker, stream, progress);
  } catch (error) {
    progress.signal.throwIfAborted();
    throw explainPull(image, error);
  }
  const digest = await digestOf(docker, image);
  if (!digest) throw explainPull(image, new Error('it is not there after the pull'));
  return digest;
}

async function follow(docker: Docker, stream: NodeJS.ReadableStream, { tell }: Progress): Promise<void> {
  const layers = new Map<string, { current: number; total: number }>();
  let toldAt = 0;
  await new Promise<void>((resolve, reject) => {
    const note = (line: unknown) => {
      const { data } = Pulled.safeParse(line);
      if (!data) return;
      const { current = 0, total = 0 } = data.progressDetail ?? {};
      if (data.status === 'Downloading' && data.id) layers.set(data.id, { current, total });
      if (layers.size === 0 || Date.now() - toldAt < TELL_EVERY_MS) return;
      toldAt = Date.now();
      tell(`pulled ${sumMb(layers, 'current')} of ${sumMb(layers, 'total')} MB known so far`);
    };
    docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve()), note);
  });
}

function sumMb(layers: Map<string, { current: number; total: number }>, key: 'current' | 'total'): number {
  return Math.round([...layers.values()].reduce((sum, layer) => sum + layer[key], 0) / 1_000_000);
}

function explainPull(image: string, error: unknown): unknown {
  const refusal = refusalOf(error);
  // Without an answer it is the engine that is away, which is told elsewhere.
  if (!refusal && error instanceof Error && 'syscall' in error) return error;
  const message = refusal?.message ?? (error instanceof Error ? error.message : String(error));
  return new StepError(
    {
      code: 'image_not_available',
      cause: `The image ${image} is not on this machine and cannot be pulled: ${message}`,
      remedy:
        'Check its name, the network and the login at its registry; without a registry build it here (infra/images/openclaw/build) and name that one (DOCKER_IMAGE, or `image` of the deployment). Then repair the deployment.',
    },
    { cause: error },
  );
}
