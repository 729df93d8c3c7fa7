import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { z } from 'zod';
import { errorCode } from './error-code.js';
import { explainNpmFailure, InstallError } from './install-error.js';
import { identify, isAlive, signal as sendSignal } from './process-table.js';

const TEMPORARY_PREFIX = '.installing-';
/** Inside a temporary directory: which npm writes to it. */
const NPM_RECORD = 'npm.json';
const NpmRecord = z.object({ pid: z.int().positive(), start: z.string() });

/** What npm may see of our environment: where things are and how to reach the registry. */
const PASSED_ON =
  /^(?:PATH|HOME|LANG|TMPDIR|NODE_EXTRA_CA_CERTS|SSL_CERT_(?:FILE|DIR)|npm_config_.+|.+_proxy)$/iu;

export interface NpmInstallOptions {
  readonly into: string;
  readonly version: string;
  readonly nodePath: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onProgress?: (message: string) => void;
  readonly signal: AbortSignal;
}

export function temporaryDirectory(directory: string): string {
  return join(directory, `${TEMPORARY_PREFIX}${randomBytes(6).toString('hex')}`);
}

/** Ends and removes what killed installers left in the directory. Call it with the lock held. */
export async function removeAbandoned(directory: string): Promise<void> {
  const names = await readdir(directory);
  for (const name of names.filter((each) => each.startsWith(TEMPORARY_PREFIX))) {
    const path = join(directory, name);
    const text = await readFile(join(path, NPM_RECORD), 'utf8').catch(() => undefined);
    const record = text === undefined ? undefined : NpmRecord.safeParse(JSON.parse(text)).data;
    if (record && isAlive(record)) sendSignal(-record.pid, 'SIGKILL');
    await rm(path, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Runs npm in a directory of its own, without the packages' scripts: OpenClaw works without them. */
export async function npmInstall(options: NpmInstallOptions): Promise<void> {
  const what = `openclaw ${options.version}`;
  await mkdir(options.into, { recursive: true });
  const manifest = { private: true, dependencies: { openclaw: options.version } };
  await writeFile(join(options.into, 'package.json'), JSON.stringify(manifest));
  const stopReporting = await reportProgress(what, options);
  try {
    const output = await runNpm(options);
    if (output !== undefined) throw explainNpmFailure(what, output);
  } finally {
    stopReporting();
  }
}

const ARGUMENTS = [
  'install',
  '--ignore-scripts',
  '--omit=dev',
  '--no-audit',
  '--no-fund',
  '--no-package-lock',
  '--no-progress',
  '--loglevel=error',
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
];

/** What npm printed when it failed; undefined when it succeeded. */
async function runNpm(options: NpmInstallOptions): Promise<string | undefined> {
  options.signal.throwIfAborted();
  const variables = Object.entries(options.environment).filter(([name]) => PASSED_ON.test(name));
  const path = [dirname(options.nodePath), options.environment['PATH'] ?? ''].join(delimiter);
  const child = spawn('npm', [...ARGUMENTS, '--prefix', options.into], {
    cwd: options.into,
    env: { ...Object.fromEntries(variables), PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that npm's children can be ended with it.
    detached: true,
  });
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-16_384));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const end = () => child.pid !== undefined && sendSignal(-child.pid, 'SIGKILL');
  options.signal.addEventListener('abort', end, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
      const identity = child.pid === undefined ? undefined : identify(child.pid);
      if (identity) writeFile(join(options.into, NPM_RECORD), JSON.stringify(identity)).catch(reject);
    });
    options.signal.throwIfAborted();
    return code === 0 ? undefined : output || `npm ended with code ${code} and printed nothing.`;
  } catch (error) {
    end();
    throw errorCode(error) === 'ENOENT' ? npmMissing(error) : error;
  } finally {
    options.signal.removeEventListener('abort', end);
  }
}

function npmMissing(cause: unknown): InstallError {
  const message =
    'npm is not on the PATH, and OpenClaw is installed with it. Install npm 10 or newer (it comes with Node.js), then try again.';
  return new InstallError('npm_missing', message, { cause });
}

/** Says once a second how far npm has come. The size is what the disk lost meanwhile, so others count too. */
async function reportProgress(what: string, options: NpmInstallOptions): Promise<() => void> {
  const { onProgress } = options;
  if (!onProgress) return () => undefined;
  const free = async () => statfs(options.into).then(({ bavail, bsize }) => bavail * bsize);
  const before = await free();
  const report = async () => {
    const names = await readdir(join(options.into, 'node_modules')).catch(() => []);
    const scopes = names.filter((name) => name.startsWith('@'));
    const inScopes = await Promise.all(
      scopes.map((scope) => readdir(join(options.into, 'node_modules', scope)).catch(() => [])),
    );
    const packages = names.length - scopes.length + inScopes.flat().length;
    const written = Math.max(0, Math.round((before - (await free())) / 1024 / 1024));
    const progress = packages === 0 ? 'looking up packages' : `${packages} packages, about ${written} MB`;
    onProgress(`installing ${what}: ${progress}`);
  };
  // A report that fails is not worth failing an installation for.
  const timer = setInterval(() => void report().catch(() => undefined), 1_000);
  return () => clearInterval(timer);
}
