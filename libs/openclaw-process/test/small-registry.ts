import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface SmallRegistry {
  readonly url: string;
  /** How often the package was fetched. */
  readonly downloads: number;
  /** Leaves the next downloads without an answer. */
  hang(): void;
  /** Answers again. */
  resume(): void;
  stop(): Promise<void>;
}

/** A package registry with one package, `openclaw`, whose program only tells its version. */
export async function startSmallRegistry(version: string): Promise<SmallRegistry> {
  const tarball = await packPackage(version);
  const waiting: ServerResponse[] = [];
  let hanging = false;
  let downloads = 0;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) {
      downloads += 1;
      if (hanging) waiting.push(response);
      else response.end(tarball);
      return;
    }
    const { port } = server.address() as AddressInfo;
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const dist = { integrity, tarball: `http://127.0.0.1:${port}/openclaw-${version}.tgz` };
    const versions = { [version]: { name: 'openclaw', version, dist } };
    const found = request.url === '/openclaw';
    response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(found ? { name: 'openclaw', 'dist-tags': { latest: version }, versions } : {}),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get downloads() {
      return downloads;
    },
    hang: () => (hanging = true),
    resume: () => {
      hanging = false;
      for (const response of waiting.splice(0)) response.destroy();
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function packPackage(version: string): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'aether-pack-'));
  const manifest = { name: 'openclaw', version, type: 'module', bin: 'openclaw.mjs' };
  await writeFile(join(directory, 'package.json'), JSON.stringify(manifest));
  await writeFile(join(directory, 'openclaw.mjs'), `console.log('OpenClaw ${version}');\n`);
  await promisify(execFile)('npm', ['pack', '--silent'], { cwd: directory });
  const tarball = await readFile(join(directory, `openclaw-${version}.tgz`));
  await rm(directory, { recursive: true });
  return tarball;
}
