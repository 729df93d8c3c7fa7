import { createHash } from 'node:crypto';
import { constants, open, readFile, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { ContractFailure } from '@aether/contracts/failure';
import { ArtifactName, type Artifact } from '@aether/contracts/mission-artifacts';
import type { Receipt } from '@aether/contracts/mission-schemas';
import type { Logger } from '@aether/runtime/logger';
import { Inject, Injectable } from '@nestjs/common';
import { ToolRefusal } from '../agent-endpoint/tool-refusal.js';
import { SendArtifact } from '../artifacts/send-artifact.js';
import { LOGGER } from '../tokens.js';
import type { AttemptRow } from './attempt.entity.js';
import { contextOf } from './context.js';
import { Inheritance } from './inheritance.js';
import { Places } from './places.js';

const FILES_MAX = 200;
const FILE_BYTES_MAX = 20 * 1024 ** 2;

/** Hands over what an agent left in a directory without a repository: each file becomes an artifact. */
@Injectable()
export class Handover {
  constructor(
    private readonly places: Places,
    private readonly artifacts: SendArtifact,
    private readonly inheritance: Inheritance,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async files(attempt: AttemptRow): Promise<Receipt['files']> {
    const root = this.places.directoryOf(attempt);
    const inherited = await this.inheritance.of(attempt);
    const files: Receipt['files'] = [];
    for (const path of await filesBelow(root)) {
      const before = inherited.get(path);
      if (await this.send(attempt, { path, before }))
        files.push({ path, status: before ? 'modified' : 'added', additions: null, deletions: null });
    }
    return files;
  }

  /** One thing an agent names, by its content or by a file of its directory. Throws `ToolRefusal`. */
  async one(
    attempt: AttemptRow,
    { name, content, path }: { name: string; content?: string | undefined; path?: string | undefined },
  ): Promise<void> {
    const bytes = content === undefined ? await this.read(attempt, path ?? name) : Buffer.from(content);
    const { id: attemptId, missionId, taskId } = attempt;
    const facts = { missionId, taskId, attemptId, name, mediaType: mediaTypeOf(name), kind: 'file' as const };
    await this.artifacts.send({ ...facts, content: bytes }, contextOf(attempt));
  }

  /** What was opened must lie in the directory: links on the way may be put there at any moment. */
  private async read(attempt: AttemptRow, path: string): Promise<Buffer> {
    const root = await realpath(this.places.agentDirectoryOf(attempt) ?? this.places.directoryOf(attempt));
    const file = await open(resolve(root, path), constants.O_RDONLY | constants.O_NONBLOCK).catch(() => null);
    try {
      const isInside = file && (await realpath(`/proc/self/fd/${file.fd}`)).startsWith(`${root}${sep}`);
      if (!isInside) throw new ToolRefusal(`There is no file "${path}" in your directory.`);
      const facts = await file.stat();
      if (!facts.isFile()) throw new ToolRefusal(`"${path}" is not a file.`);
      if (facts.size > FILE_BYTES_MAX)
        throw new ToolRefusal(`"${path}" is larger than ${FILE_BYTES_MAX / 1024 ** 2} MB.`);
      return await file.readFile();
    } finally {
      await file?.close();
    }
  }

  /** False for what is not kept: as it was, too large, or with a name that would mean something else elsewhere. */
  private async send(
    attempt: AttemptRow,
    { path, before }: { path: string; before: Artifact | undefined },
  ): Promise<boolean> {
    const full = join(this.places.directoryOf(attempt), path);
    const { size } = await stat(full);
    if (size > FILE_BYTES_MAX || !ArtifactName.safeParse(path).success) return false;
    const content = await readFile(full);
    if (createHash('sha256').update(content).digest('hex') === before?.sha256) return false;
    const { id: attemptId, missionId, taskId } = attempt;
    const artifact = {
      missionId,
      taskId,
      attemptId,
      name: path,
      mediaType: mediaTypeOf(path),
      kind: 'file' as const,
    };
    try {
      await this.artifacts.send({ ...artifact, content }, contextOf(attempt));
      return true;
    } catch (error) {
      if (!(error instanceof ContractFailure) || error.code !== 'artifact_too_large') throw error;
      this.logger.info({ attemptId, path }, 'a file is too large to be kept');
      return false;
    }
  }
}

/** Files proper, sorted, without what git or package managers keep. Links may lead anywhere and are left out. */
async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split(sep).some((part) => part === '.git' || part === 'node_modules'))
    .sort()
    .slice(0, FILES_MAX);
}

function mediaTypeOf(path: string): string {
  const known: Record<string, string> = {
    md: 'text/markdown',
    txt: 'text/plain',
    json: 'application/json',
    html: 'text/html',
    csv: 'text/csv',
  };
  return known[path.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
}
