import { setTimeout as delay } from 'node:timers/promises';
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

const Distribution = z.object({ Descriptor: z.object({ digest: z.string() }) });

const TELL_EVERY_MS = 1_000;
const REGISTRY_MS = 10_000;

interface Present {
  /** Names it for good, whatever becomes of its tag: by the digest its registry has for it, else by its own id. */
  readonly image: string;
  /** Under which the registry of its name knows it; none where it was made on this machine. */
  readonly digests: readonly string[];
}

/** Finds out whether the image is here or can be had, without fetching it. */
export async function checkImage(docker: Docker, image: string): Promise<string> {
  if (await findImage(docker, image)) return `image ${image} is here`;
  try {
    await digestAtRegistry(docker, image);
  } catch (error) {
    throw explainPull(image, error);
  }
  return `image ${image} can be pulled`;
}

/** Fetches what the registry has by that name, unless it is here; tells about once a second how far it is. */
export async function pullImage(
  docker: Docker,
  image: string,
  progress: Progress,
): Promise<{ image: string; told: string }> {
  const present = await findImage(docker, image);
  const keep = (why = '') => ({ image: present?.image ?? image, told: `image ${present?.image}${why}` });
  try {
    if (present && !(await isReplaced(docker, image, { present, signal: progress.signal }))) return keep();
    await follow(docker, await pull(docker, image, progress), progress);
  } catch (error) {
    progress.signal.throwIfAborted();
    if (!present) throw explainPull(image, error);
    return keep(`, as it is here: no newer one can be had (${reasonOf(error)})`);
  }
  const pulled = await findImage(docker, image);
  if (!pulled) throw explainPull(image, new Error('it is not there after the pull'));
  const newer = present && present.image !== pulled.image ? `, newer than ${present.image}` : '';
  return { image: pulled.image, told: `image ${pulled.image}${newer}` };
}

async function findImage(docker: Docker, image: string): Promise<Present | null> {
  const found = await unlessStatus(docker.getImage(image).inspect(), 404);
  if (!found) return null;
  const own = found.RepoDigests.filter((digest) => repositoryOf(digest) === repositoryOf(image));
  const digests = own.flatMap((digest) => digest.split('@')[1] ?? []);
  return { image: image.includes('@') ? image : (own[0] ?? found.Id), digests };
}

/** Whether the registry has another image by that name than the one that is here. */
async function isReplaced(
  docker: Docker,
  image: string,
  { present: { digests }, signal }: { present: Present; signal: AbortSignal },
): Promise<boolean> {
  // What was made here is not for whoever has the same name at a registry to replace.
  if (isExact(image) || digests.length === 0) return false;
  const late = delay(REGISTRY_MS, undefined, { signal, ref: false }).then(() => {
    throw new Error('its registry does not answer');
  });
  return !digests.includes(await Promise.race([digestAtRegistry(docker, image), late]));
}

async function digestAtRegistry(docker: Docker, image: string): Promise<string> {
  refuseId(image);
  return Distribution.parse(await docker.getImage(image).distribution()).Descriptor.digest;
}

async function pull(docker: Docker, image: string, { signal }: Progress): Promise<NodeJS.ReadableStream> {
  refuseId(image);
  return docker.pull(image, { abortSignal: signal });
}

/** To a registry an id would be a name like any other, and somebody's. */
function refuseId(image: string): void {
  if (image.startsWith('sha256:')) throw new Error('it was removed, and no registry knows it');
}

const isExact = (image: string) => image.startsWith('sha256:') || image.includes('@');

/** Without tag and digest, and without what the engine leaves out. */
function repositoryOf(image: string): string {
  return image
    .replace(/@.*$/u, '')
    .replace(/:[^:/]*$/u, '')
    .replace(/^(?:index\.)?docker\.io\//u, '')
    .replace(/^library\//u, '');
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
  return new StepError(
    {
      code: 'image_not_available',
      cause: `The image ${image} is not on this machine and cannot be pulled: ${reasonOf(error)}`,
      remedy:
        'Check its name, the network and the login at its registry; without a registry build it here (infra/images/openclaw/build) and name that one (DOCKER_IMAGE, or `image` of the deployment). Then try again.',
    },
    { cause: error },
  );
}

function reasonOf(error: unknown): string {
  return refusalOf(error)?.message ?? (error instanceof Error ? error.message : String(error));
}
