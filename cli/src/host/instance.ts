import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { CommandError } from '../command-error.js';
import { isAlive, startTimeOf } from './process-identity.js';

/** What the host tells other commands on this machine; kept in the data directory while it runs. */
const Instance = z.object({
  pid: z.number().int(),
  startTime: z.string().nullable(),
  state: z.enum(['ready', 'stopping']),
  url: z.url(),
  natsUrl: z.string(),
  operatorPassword: z.string(),
  startedAt: z.iso.datetime(),
});
export type Instance = z.infer<typeof Instance>;

/** Longer than a host takes to end. */
const SETTLE_WITHIN_MS = 30_000;

const fileOf = (dataDir: string) => join(dataDir, 'host.json');

/** The host that runs on this data directory, if one does. */
export async function readInstance(dataDir: string): Promise<Instance | null> {
  const text = await readFile(fileOf(dataDir), 'utf8').catch(() => null);
  if (text === null) return null;
  const instance = Instance.safeParse(JSON.parse(text));
  if (!instance.success) return null;
  return isAlive(instance.data.pid, instance.data.startTime) ? instance.data : null;
}

/**
 * The running host once its address answers; null once there is none. One that is ending, or was just killed, is
 * waited for.
 */
export async function settledInstance(dataDir: string): Promise<Instance | null> {
  const deadline = Date.now() + SETTLE_WITHIN_MS;
  for (;;) {
    const instance = await readInstance(dataDir);
    if (!instance || (instance.state === 'ready' && (await answers(instance.url)))) return instance;
    if (Date.now() > deadline)
      throw new CommandError({
        code: 'host_not_answering',
        detail: `The host (process ${instance.pid}) is there, but ${instance.url} does not answer.`,
        hint: `Stop it with \`npx aether down\`, or \`kill -9 ${instance.pid}\`, and start again: nothing that was accepted is lost.`,
      });
    await delay(100);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

/** The running host, or the error that says how to start one. */
export async function requireInstance(dataDir: string): Promise<Instance> {
  const instance = await readInstance(dataDir);
  if (instance?.state === 'ready') return instance;
  throw new CommandError({
    code: 'not_running',
    detail: instance ? `The local system is ${instance.state}.` : `No local system runs on ${dataDir}.`,
    hint: instance ? 'Wait a moment and try again.' : 'Start it with `npx aether up --detach`.',
  });
}

/** Tells of this process. Readable by its owner only: it holds the operator's password. */
export async function writeInstance(
  dataDir: string,
  fields: Omit<Instance, 'pid' | 'startTime'>,
): Promise<Instance> {
  const instance = { ...fields, pid: process.pid, startTime: startTimeOf(process.pid) };
  const file = fileOf(dataDir);
  await writeFile(`${file}.new`, JSON.stringify(instance, null, 2), { mode: 0o600 });
  await rename(`${file}.new`, file);
  return instance;
}

export async function removeInstance(dataDir: string): Promise<void> {
  await rm(fileOf(dataDir), { force: true });
}
