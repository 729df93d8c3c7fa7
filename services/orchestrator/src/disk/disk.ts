import { execFile } from 'node:child_process';
import { mkdir, readdir, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Workspaces } from '@aether/contracts/workspaces';
import type { Actor } from '@aether/messaging/context';
import type { Clock } from '@aether/runtime/clock';
import { Inject, Injectable } from '@nestjs/common';
import { Places } from '../attempts/places.js';
import type { OrchestratorConfig } from '../config.js';
import { Repositories } from '../git/repositories.js';
import { CLOCK, CONFIG } from '../tokens.js';
import { DiskRepository } from './disk.repository.js';

interface Measured {
  /** Bytes of each directory, by its path. */
  readonly worktrees: ReadonlyMap<string, number>;
  readonly clones: ReadonlyMap<string, number>;
  readonly at: Date;
}

const run = promisify(execFile);
const MEASURED_FOR_MS = 10_000;
const MEASURING_MAX_MS = 50_000;
const SHOWN_MAX = 1_000;
const MB = 1_048_576;

/** What missions occupy on disk. */
@Injectable()
export class Disk {
  private readonly root: string;
  private measuring: Promise<Measured> | null = null;

  constructor(
    private readonly rows: DiskRepository,
    private readonly places: Places,
    private readonly repositories: Repositories,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: OrchestratorConfig,
  ) {
    this.root = resolve(config.DATA_DIR);
  }

  /** Bytes of the volume that worktrees and clones are on. */
  async volume(): Promise<{ freeBytes: number; totalBytes: number }> {
    await mkdir(this.root, { recursive: true });
    const { bavail, blocks, bsize } = await statfs(this.root);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  }

  async workspaces(actor: Actor): Promise<Workspaces> {
    const [{ worktrees, clones, at }, volume, open, rescueRefs] = await Promise.all([
      this.measured(),
      this.volume(),
      this.rows.open(actor),
      this.rows.countRescued(),
    ]);
    return {
      worktrees: open
        .flatMap((attempt) => {
          const bytes = worktrees.get(this.places.directoryOf(attempt));
          return bytes === undefined ? [] : [{ attemptId: attempt.id, missionId: attempt.missionId, bytes }];
        })
        .sort((one, other) => other.bytes - one.bytes)
        .slice(0, SHOWN_MAX),
      worktreeBytes: sum(worktrees),
      repositories: clones.size,
      repositoryBytes: sum(clones),
      rescueRefs,
      ...volume,
      minimumFreeBytes: this.config.DISK_FREE_MIN_MB * MB,
      measuredAt: at.toISOString(),
    };
  }

  /** Shared by all who ask within some seconds: to walk large trees takes a while. */
  private async measured(): Promise<Measured> {
    const last = await this.measuring?.catch(() => null);
    if (!last || this.clock.now().getTime() - last.at.getTime() > MEASURED_FOR_MS)
      this.measuring = this.measure();
    return this.measuring ?? this.measure();
  }

  private async measure(): Promise<Measured> {
    const [worktrees, clones] = await Promise.all([
      sizesIn(this.places.root),
      sizesIn(this.repositories.root),
    ]);
    return { worktrees, clones, at: this.clock.now() };
  }
}

/** By `du`, which counts blocks and hard links as they are and does not hold up this process. */
async function sizesIn(root: string): Promise<ReadonlyMap<string, number>> {
  const paths = (await readdir(root).catch(() => [])).map((name) => join(root, name));
  if (paths.length === 0) return new Map();
  const told = await run('du', ['-sk', '--', ...paths], {
    timeout: MEASURING_MAX_MS,
    maxBuffer: 16 * MB,
  }).catch((error: unknown) => {
    // It ends with 1 where something was removed while it looked, and tells the rest all the same.
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string' && error.stdout)
      return { stdout: error.stdout };
    throw error;
  });
  const lines = told.stdout.split('\n').filter(Boolean);
  return new Map(
    lines.map((line) => {
      const [kb = '0', path = ''] = line.split('\t');
      return [path, Number(kb) * 1_024];
    }),
  );
}

function sum(sizes: ReadonlyMap<string, number>): number {
  return [...sizes.values()].reduce((total, bytes) => total + bytes, 0);
}
