import { mkdir, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DIRECTORY_VARIABLE, environment } from './config.js';
import { adoptGateway } from '@aether/openclaw-process/process';
import { isOurs, readPid, stopProcess } from '@aether/local-stack/owned-process';

const PREFIX = 'aether-test-';

/** Where a test puts what has to be cleaned up even when the run is killed. */
export function runDirectory(): string {
  return environment[DIRECTORY_VARIABLE] ?? tmpdir();
}

/** The directory of one test run, named after the process that runs it. */
export async function makeRunDirectory(): Promise<string> {
  const directory = join(tmpdir(), `${PREFIX}${process.pid}`);
  await removeRun(directory);
  // Readable for all, because PostgreSQL may run as another user.
  await mkdir(directory, { recursive: true, mode: 0o755 });
  return directory;
}

/** Ends the servers that a run left in its directory, and removes it. */
export async function removeRun(directory: string): Promise<void> {
  for (const name of await readdir(directory).catch(() => [])) {
    const part = join(directory, name);
    await adoptGateway(part)?.kill();
    await stopServer({ pidFile: join(part, 'nats.pid'), marker: part });
    await stopServer({ pidFile: join(part, 'data', 'postmaster.pid'), marker: part });
  }
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}

/** Does the same for runs whose process has ended without doing so, as when it was killed. */
export async function removeAbandonedRuns(): Promise<void> {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(PREFIX));
  for (const name of names.filter((each) => !isRunning(Number(each.slice(PREFIX.length))))) {
    await removeRun(join(tmpdir(), name));
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function stopServer({ pidFile, marker }: { pidFile: string; marker: string }): Promise<void> {
  const pid = await readPid(pidFile);
  if (pid === null || !(await isOurs(pid, marker))) return;
  await stopProcess(pid, { signal: 'SIGINT', graceMs: 5_000 });
}
