import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const DEPTH_MAX = 3;
const FOUND_MAX = 200;
/** Where directories are very many, the first ones are searched. */
const SEARCHED_MAX = 5_000;

/** Paths of the repositories below some directories, by name; what is within a repository is not searched. */
export async function findRepositories(roots: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  let level = [...roots];
  let searched = 0;
  for (let depth = 0; depth <= DEPTH_MAX && level.length > 0; depth += 1) {
    const below: string[] = [];
    for (const directory of level) {
      searched += 1;
      if (searched > SEARCHED_MAX || found.length >= FOUND_MAX) break;
      const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
      const names = new Set(entries.map(({ name }) => name));
      const isRepository =
        names.has('.git') || (names.has('HEAD') && names.has('objects') && names.has('refs'));
      if (isRepository && depth > 0) found.push(directory);
      else
        below.push(
          ...entries
            .filter(
              (entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules',
            )
            .map(({ name }) => join(directory, name)),
        );
    }
    level = below;
  }
  return found.sort();
}
