import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { findNatsServer } from '@aether/local-stack/nats-server';
import { removeCluster } from '@aether/local-stack/postgres-cluster';
import { installOpenClaw } from '@aether/openclaw-process/install';
import { environment, natsDirectory, openClawDirectory } from '@aether/testing/config';
import { freePort } from '@aether/testing/free-port';

const program = fileURLToPath(new URL('../bin/aether.mjs', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as the one JSON document that `--json` prints. */
  readonly json: <T = Record<string, unknown>>() => T;
}

export interface Given {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A place of its own for one system and one person's sign-in, worked with the real command. */
export class Machine {
  private constructor(
    readonly directory: string,
    readonly port: number,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** Costs nothing until `up` is called. With `agents`, OpenClaw is installed in the cache of the checkout. */
  static async make(options: { agents?: boolean } = {}): Promise<Machine> {
    const directory = await mkdtemp(join(tmpdir(), 'aether-cli-'));
    const port = await freePort();
    const path = environment['PATH'] ?? '';
    if (options.agents) await installOpenClaw({ directory: openClawDirectory, environment });
    return new Machine(directory, port, {
      PATH: path,
      HOME: directory,
      AETHER_DATA_DIR: join(directory, 'data'),
      AETHER_CONFIG_DIR: join(directory, 'config'),
      AETHER_PORT: String(port),
      AETHER_OPENCLAW_DIR: openClawDirectory,
      NATS_SERVER_BIN:
        environment['NATS_SERVER_BIN'] ?? (await findNatsServer({ cacheDir: natsDirectory, path })),
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts the command and lets it run. */
  start(args: readonly string[], given: Given = {}): ChildProcess {
    const child = spawn(process.execPath, [program, ...args], {
      env: { ...this.settings, ...given.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end(given.input ?? '');
    return child;
  }

  /** Starts the command at a terminal, where it asks for what it was not told. */
  atTerminal(args: readonly string[]): ChildProcess {
    const command = [process.execPath, program, ...args].map((part) => `'${part}'`).join(' ');
    const sized = `stty cols 100 rows 40 && ${command}`;
    return spawn('script', ['--quiet', '--return', '--flush', '--command', sized, '/dev/null'], {
      env: { ...this.settings, TERM: 'xterm', SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
  }

  /** Runs the command to its end. */
  async aether(args: readonly string[], given: Given = {}): Promise<Outcome> {
    return outcomeOf(this.start(args, given));
  }

  /** Runs the command, which must succeed, and gives its JSON document. */
  async ask<T>(args: readonly string[], given: Given = {}): Promise<T> {
    const outcome = await this.aether([...args, '--json'], given);
    if (outcome.code !== 0)
      throw new Error(
        `aether ${args.join(' ')} ended with ${outcome.code}: ${outcome.stdout}${outcome.stderr}`,
      );
    return outcome.json<T>();
  }

  /** The key that the command signs its calls with. */
  async apiKey(): Promise<string> {
    const content = await readFile(join(this.directory, 'config', 'sign-in.json'), 'utf8');
    return (JSON.parse(content) as { apiKey: string }).apiKey;
  }

  /** Process id kept in a file of the data directory, as a number or as `pid` of a JSON document. */
  async pidIn(...path: string[]): Promise<number> {
    const content = await readFile(join(this.directory, 'data', ...path), 'utf8');
    return content.startsWith('{')
      ? (JSON.parse(content) as { pid: number }).pid
      : Number.parseInt(content, 10);
  }

  /** Stops the system and removes everything. */
  async remove(): Promise<void> {
    const { code, stdout } = await this.aether(['down', '--json']);
    if (code !== 0) throw new Error(`the system could not be stopped: ${stdout}`);
    // Run by root, PostgreSQL keeps its cluster where it can enter, outside of the directory.
    await removeCluster(join(this.directory, 'data', 'postgres'));
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  const code = await ended;
  return { code, stdout, stderr, json: <T>() => JSON.parse(stdout) as T };
}
