import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FilePiece } from '@aether/contracts/file-piece';
import type { Artifact } from '@aether/contracts/mission-artifacts';
import { missionsRequests } from '@aether/contracts/missions';
import type { Task } from '@aether/contracts/mission-schemas';
import type { Context } from '@aether/messaging/context';
import { Messaging } from '@aether/messaging/messaging';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import { allPages } from '../all-pages.js';
import { LOGGER } from '../tokens.js';
import type { AttemptRow } from './attempt.entity.js';
import { contextOf } from './context.js';
import { Places } from './places.js';

const FILES_MAX = 200;
const PAGE = 50;

/** Files of the accepted tasks that a task of a mission without a repository builds on, as a branch would hold them. */
@Injectable()
export class Inheritance {
  constructor(
    private readonly messaging: Messaging,
    private readonly places: Places,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** By name; of one name the file that came last. */
  async of(attempt: AttemptRow): Promise<ReadonlyMap<string, Artifact>> {
    const { dependencies, mission } = attempt.claimed;
    if (mission.repository !== null || dependencies.length === 0) return new Map();
    const context = contextOf(attempt);
    const accepted = attemptsBefore(dependencies, await this.tasksOf(mission.id, context));
    const artifacts = await this.artifactsOf(mission.id, context);
    const inherited = artifacts.filter(
      ({ kind, attemptId }) => kind === 'file' && attemptId !== null && accepted.has(attemptId),
    );
    inherited.sort((one, other) => one.createdAt.localeCompare(other.createdAt));
    return new Map(inherited.slice(-FILES_MAX).map((artifact) => [artifact.name, artifact]));
  }

  /** Puts them where the agent will work. */
  async lay(attempt: AttemptRow): Promise<void> {
    const root = this.places.directoryOf(attempt);
    for (const artifact of (await this.of(attempt)).values()) {
      const content = await this.read(artifact, contextOf(attempt));
      const path = join(root, artifact.name);
      try {
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content);
      } catch (error) {
        // One task left a file where another left a folder.
        this.logger.info({ err: error, artifactId: artifact.id }, 'a file is not handed on to the next task');
      }
    }
  }

  private async read({ id }: Artifact, context: Context): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (let offset: number | null = 0; offset !== null;) {
      const piece: FilePiece = await this.messaging.call(
        missionsRequests.readArtifact,
        { id, offset },
        context,
      );
      pieces.push(Buffer.from(piece.content, 'base64'));
      offset = piece.nextOffset;
    }
    return Buffer.concat(pieces);
  }

  private async tasksOf(missionId: string, context: Context): Promise<Task[]> {
    return allPages((cursor) =>
      this.messaging.call(missionsRequests.listTasks, { missionId, limit: PAGE, ...cursor }, context),
    );
  }

  private async artifactsOf(id: string, context: Context): Promise<Artifact[]> {
    return allPages((cursor) =>
      this.messaging.call(missionsRequests.listArtifacts, { id, limit: PAGE, ...cursor }, context),
    );
  }
}

/** The accepted attempts at all tasks behind these. */
function attemptsBefore(dependencies: readonly Task[], tasks: readonly Task[]): ReadonlySet<string | null> {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  const before = new Map<string, string | null>();
  const follow = ({ id, attemptId, dependsOn }: Task): void => {
    if (before.has(id)) return;
    before.set(id, attemptId);
    for (const other of dependsOn) {
      const task = byId.get(other);
      if (task) follow(task);
    }
  };
  dependencies.forEach(follow);
  return new Set(before.values());
}
