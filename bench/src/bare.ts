import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startPostgres } from '@aether/local-stack/postgres';
import { environment } from './config.js';
import { freePort } from './free-port.js';

/** The bare server in a process of its own, with a PostgreSQL of its own that keeps its promises too. */
export async function startBare(directory: string) {
  const postgres = await startPostgres({
    dataDir: join(directory, 'bare-postgres'),
    port: await freePort(),
    password: 'bare',
  });
  const child = spawn(process.execPath, [join(import.meta.dirname, 'bare-server.js')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...environment, BARE_DATABASE_URL: postgres.url },
  });
  const [line] = (await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('The bare server did not start.');
    }),
  ])) as [Buffer];
  return {
    url: line.toString().trim(),
    headers: { authorization: 'Bearer bench' },
    stop: async () => {
      child.kill();
      await once(child, 'exit');
      await postgres.stop();
    },
  };
}
