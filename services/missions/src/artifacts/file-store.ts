import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { newId } from '@aether/messaging/id';
import type { ContentRange, ContentStore, NewContent } from './content-store.js';

/** What a process left half-written is older than any that still writes. */
const STALE_MS = 86_400_000;

/** Content in files of one directory, which all instances of the service share. */
export class FileStore implements ContentStore {
  private constructor(private readonly directory: string) {}

  static async open(directory: string): Promise<FileStore> {
    const store = new FileStore(directory);
    await mkdir(store.incoming, { recursive: true, mode: 0o700 });
    await store.removeStale();
    return store;
  }

  async has(sha256: string): Promise<boolean> {
    return access(this.path(sha256)).then(
      () => true,
      () => false,
    );
  }

  async write({ sha256, pieces }: NewContent): Promise<void> {
    const half = join(this.incoming, newId());
    const path = this.path(sha256);
    try {
      await pipeline(pieces, createWriteStream(half, { mode: 0o600, flush: true }));
      await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
      await rename(half, path);
    } finally {
      await rm(half, { force: true });
    }
  }

  async read({ sha256, offset, length }: ContentRange): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    const stream = createReadStream(this.path(sha256), { start: offset, end: offset + length - 1 });
    return Buffer.concat(await stream.toArray());
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.path(sha256), { force: true });
  }

  private get incoming(): string {
    return join(this.directory, 'incoming');
  }

  private path(sha256: string): string {
    return join(this.directory, sha256.slice(0, 2), sha256);
  }

  private async removeStale(): Promise<void> {
    for (const name of await readdir(this.incoming)) {
      const path = join(this.incoming, name);
      const found = await stat(path).catch(() => null);
      if (found && Date.now() - found.mtimeMs > STALE_MS) await rm(path, { force: true });
    }
  }
}
