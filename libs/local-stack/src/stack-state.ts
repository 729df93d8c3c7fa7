import { randomBytes, randomInt } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** What one data directory remembers between starts. */
export interface StackState {
  readonly dataDir: string;
  /** A free port of 127.0.0.1, chosen once for `name` and kept; `preferred` where that is free. */
  port(name: string, preferred?: number): Promise<number>;
  /** A random secret of 32 bytes (base64), made once for `name` and kept, in a file only its owner reads. */
  secret(name: string): Promise<string>;
}

interface Remembered {
  ports: Record<string, number>;
  secrets: Record<string, string>;
}

/** Opens (or makes, with mode 0700) a data directory. */
export async function openStackState(dataDir: string): Promise<StackState> {
  await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, 0o700);
  const file = join(dataDir, 'stack.json');
  const remembered = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as Remembered)
    .catch((error: NodeJS.ErrnoException): Remembered => {
      if (error.code === 'ENOENT') return { ports: {}, secrets: {} };
      throw new Error(`${file} cannot be read. Restore it, or move the data directory away to begin anew.`, {
        cause: error,
      });
    });
  const save = async () => {
    await writeFile(`${file}.partial`, `${JSON.stringify(remembered, null, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.partial`, file);
  };
  let queue: Promise<unknown> = Promise.resolve();
  /** One at a time, so that two callers neither choose the same port nor write the same file. */
  const remember = <T>(kind: Record<string, T>, name: string, make: () => T | Promise<T>): Promise<T> => {
    const result = queue.then(async () => {
      const known = kind[name];
      if (known !== undefined) return known;
      const made = (kind[name] = await make());
      await save();
      return made;
    });
    queue = result.catch(() => undefined);
    return result;
  };
  return {
    dataDir,
    port: (name, preferred) =>
      remember(remembered.ports, name, () => freePort(Object.values(remembered.ports), preferred)),
    secret: (name) => remember(remembered.secrets, name, () => randomBytes(32).toString('base64')),
  };
}

/** Below the range from which systems take ports for outgoing connections, so that a port stays free. */
const FIRST_PORT = 20_000;
const PORTS = 10_000;

async function freePort(taken: readonly number[], preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isFree(preferred))) return preferred;
  for (;;) {
    const port = FIRST_PORT + randomInt(PORTS);
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
