import { lstat, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Receipt } from '@aether/contracts/mission-schemas';
import { Injectable } from '@nestjs/common';
import type { AttemptRow } from './attempt.entity.js';
import { Places } from './places.js';

const FILES_MAX = 200;

/** Hands over what an agent left in a directory without a repository. */
@Injectable()
export class Handover {
  constructor(private readonly places: Places) {}

  async files(attempt: AttemptRow): Promise<Receipt['files']> {
    const root = this.places.directoryOf(attempt);
    const paths: string[] = [];
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      const path = relative(root, join(entry.parentPath, entry.name));
      if (entry.isFile() && !(await lstat(join(root, path))).isSymbolicLink()) paths.push(path);
      if (paths.length === FILES_MAX) break;
    }
    return paths.sort().map((path) => ({ path, status: 'added', additions: null, deletions: null }));
  }
}
