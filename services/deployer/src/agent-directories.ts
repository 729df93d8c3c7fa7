import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gatewayPaths } from '@aether/openclaw-process/paths';
import { z } from 'zod';

const TOKEN_BYTES = 32;
const Keys = z.record(z.string(), z.string());

/** The directories of agents below one, and what every runtime keeps in them. */
export class AgentDirectories {
  constructor(private readonly root: string) {}

  of(id: string): string {
    return join(this.root, id);
  }

  async ids(): Promise<string[]> {
    const names = await readdir(this.root).catch(() => []);
    return names.filter((name) => z.uuid().safeParse(name).success);
  }

  async gatewayToken(id: string): Promise<string> {
    const path = join(dirname(gatewayPaths(this.of(id)).keys), 'gateway-token');
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const fresh = `${path}.${randomBytes(6).toString('hex')}`;
    await writeFile(fresh, randomBytes(TOKEN_BYTES).toString('base64url'), { mode: 0o600, flush: true });
    // A link is made whole or not at all, and never over a token that is there.
    await link(fresh, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await rm(fresh);
    return readFile(path, 'utf8');
  }

  async secretValues(id: string): Promise<string[]> {
    const text = await readFile(gatewayPaths(this.of(id)).keys, 'utf8').catch(() => '{}');
    return Object.values(Keys.parse(JSON.parse(text)));
  }
}
