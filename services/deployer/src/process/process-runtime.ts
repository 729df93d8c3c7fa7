import { randomBytes } from 'node:crypto';
import { access, link, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { renderConfig } from '@aether/openclaw-process/config';
import { gatewayEnvironment } from '@aether/openclaw-process/environment';
import { AGENT_FILES, writeGatewayFiles } from '@aether/openclaw-process/files';
import { OPENCLAW_VERSION, installOpenClaw, type InstalledOpenClaw } from '@aether/openclaw-process/install';
import { agentWorkspace, gatewayPaths } from '@aether/openclaw-process/paths';
import { assertPortFree } from '@aether/openclaw-process/port';
import {
  adoptGateway,
  startGateway,
  type GatewayProcess,
  type GatewayStatus,
} from '@aether/openclaw-process/process';
import type { Environment } from '@aether/runtime/config';
import { z } from 'zod';
import type { AgentRuntime, AgentSecrets, AgentSpec, AgentStatus, Progress } from '../runtime.js';
import { StepError } from '../steps/step-error.js';
import { explainInstall, explainStart } from './explain.js';
import { availableMemoryMb } from './memory.js';
import { emptyWhenRead, readLines, type Output } from './output-file.js';

export interface ProcessRuntimeOptions {
  /** Each agent has a directory of its own below it. */
  readonly agentsDirectory: string;
  /** Installed packages, one directory per version. */
  readonly packagesDirectory: string;
  readonly ports: { readonly first: number; readonly last: number };
  readonly outputBytesMax: number;
  /** PATH for agents' commands; npm's settings and proxies for the installation. */
  readonly environment: Environment;
}

/** The one agent of a gateway that is made from a template. */
const AGENT_ID = 'main';
const TOKEN_BYTES = 32;
const Keys = z.record(z.string(), z.string());

/** Agents as processes of this machine, each a real OpenClaw gateway that outlives this service. */
export class ProcessRuntime implements AgentRuntime {
  readonly name = 'process';
  readonly availableMemoryMb = availableMemoryMb;
  /** Those this process started: only of these the exit code is known. */
  private readonly started = new Map<string, GatewayProcess>();

  constructor(private readonly options: ProcessRuntimeOptions) {}

  async preflight(): Promise<string> {
    await mkdir(this.options.agentsDirectory, { recursive: true, mode: 0o700 });
    return `processes of this machine, OpenClaw ${OPENCLAW_VERSION}`;
  }

  async choosePort({
    preferred,
    taken,
  }: {
    preferred: number | null;
    taken: readonly number[];
  }): Promise<number> {
    const { first, last } = this.options.ports;
    const range = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    for (const port of preferred === null ? range : [preferred, ...range])
      if (!taken.includes(port) && (await isFree(port))) return port;
    throw new StepError({
      code: 'port_taken',
      cause: `No port from ${first} to ${last} is free.`,
      remedy: 'Delete deployments, or widen PORT_FIRST and PORT_LAST, then repair the deployment.',
    });
  }

  async gatewayToken(id: string): Promise<string> {
    const path = this.tokenPath(id);
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

  async prepare(spec: AgentSpec, secrets: AgentSecrets): Promise<{ url: string }> {
    const directory = this.directory(spec.id);
    await writeGatewayFiles({
      directory,
      config: renderConfig({
        directory,
        port: spec.port,
        modelBaseUrl: spec.model.baseUrl,
        models: spec.model.offered.map(({ id, contextWindow, maxTokens }) => ({
          id,
          contextWindow,
          maxOutputTokens: maxTokens,
        })),
        defaultModel: spec.model.id,
        agents: [{ id: AGENT_ID, name: spec.name }],
      }),
      token: secrets.gatewayToken,
      modelKey: secrets.modelKey,
      agentFiles: { [AGENT_ID]: await this.missingFiles(spec) },
    });
    return { url: `ws://127.0.0.1:${spec.port}` };
  }

  async create(_id: string, progress: Progress): Promise<string> {
    const { version } = await this.install(progress);
    return `OpenClaw ${version} is installed`;
  }

  async start(id: string, progress: Progress): Promise<string> {
    const { entry } = await this.install(progress);
    const directory = this.directory(id);
    const { PATH = '/usr/local/bin:/usr/bin:/bin', LANG, TZ } = this.options.environment;
    const startedAt = Date.now();
    const gateway = await startGateway({
      directory,
      entry,
      environment: gatewayEnvironment({ directory, path: PATH, language: LANG, timeZone: TZ }),
      port: await this.port(id),
    });
    this.started.set(id, gateway);
    progress.tell(`process ${gateway.pid} runs`);
    try {
      // The signal carries the deadline of the step.
      await gateway.waitUntilReady({ signal: progress.signal, timeoutMs: Infinity });
    } catch (error) {
      progress.signal.throwIfAborted();
      throw explainStart(error, gateway.status());
    }
    return `ready after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`;
  }

  async stop(id: string, drainMs: number): Promise<void> {
    await this.find(id)?.stop({ drainMs });
    this.started.delete(id);
  }

  async remove(id: string): Promise<void> {
    await this.stop(id, 0);
    await rm(this.directory(id), { recursive: true, force: true, maxRetries: 5 });
  }

  async status(id: string): Promise<AgentStatus> {
    const gateway = this.find(id);
    let status = gateway?.status();
    if (status?.state === 'running') return { running: true, exit: null };
    // How a process ended is told a moment after it is gone.
    const own = gateway !== undefined && gateway === this.started.get(id);
    for (let waits = 0; own && waits < 20 && !isExplained(status); waits += 1) {
      await delay(50);
      status = gateway.status();
    }
    if (status?.state !== 'exited') return { running: false, exit: null };
    if (status.signal) return { running: false, exit: `It was ended by ${status.signal}.` };
    return { running: false, exit: status.code === undefined ? null : `It exited with code ${status.code}.` };
  }

  async approveDevice(): Promise<void> {
    throw new StepError({
      code: 'not_needed',
      cause: 'A gateway on the loopback address lets its own machine in without approval.',
      remedy: 'Connect to the address of the deployment from the machine it runs on.',
    });
  }

  async list(): Promise<{ id: string; running: boolean }[]> {
    const names = await readdir(this.options.agentsDirectory).catch(() => []);
    return names
      .filter((name) => z.uuid().safeParse(name).success)
      .map((id) => ({ id, running: adoptGateway(this.directory(id)) !== undefined }));
  }

  async readOutput(id: string, position: string, options: { final: boolean }): Promise<Output> {
    return readLines(gatewayPaths(this.directory(id)).outputLog, position, options);
  }

  async compactOutput(id: string, position: string): Promise<string> {
    return emptyWhenRead(gatewayPaths(this.directory(id)).outputLog, position, this.options.outputBytesMax);
  }

  async secretValues(id: string): Promise<string[]> {
    const text = await readFile(gatewayPaths(this.directory(id)).keys, 'utf8').catch(() => '{}');
    return Object.values(Keys.parse(JSON.parse(text)));
  }

  private async install({ signal, tell }: Progress): Promise<InstalledOpenClaw> {
    const { packagesDirectory: directory, environment } = this.options;
    try {
      return await installOpenClaw({ directory, environment, signal, onProgress: tell });
    } catch (error) {
      signal.throwIfAborted();
      throw explainInstall(error);
    }
  }

  /** Files the agent has not: its own changes to the others are kept. */
  private async missingFiles({ id, files }: AgentSpec): Promise<Record<string, string>> {
    const workspace = agentWorkspace(gatewayPaths(this.directory(id)), AGENT_ID);
    const missing: Record<string, string> = {};
    for (const name of AGENT_FILES) {
      const there = await access(join(workspace, name)).then(
        () => true,
        () => false,
      );
      if (!there && files[name] !== undefined) missing[name] = files[name];
    }
    return missing;
  }

  private async port(id: string): Promise<number> {
    const config: unknown = JSON.parse(await readFile(gatewayPaths(this.directory(id)).config, 'utf8'));
    return z.object({ gateway: z.object({ port: z.number() }) }).parse(config).gateway.port;
  }

  /** What runs, or else the one we started, which knows how it ended. */
  private find(id: string): GatewayProcess | undefined {
    const own = this.started.get(id);
    const running = adoptGateway(this.directory(id));
    return running && running.pid !== own?.pid ? running : (own ?? running);
  }

  private tokenPath(id: string): string {
    return join(dirname(gatewayPaths(this.directory(id)).keys), 'gateway-token');
  }

  private directory(id: string): string {
    return join(this.options.agentsDirectory, id);
  }
}

function isExplained(status: GatewayStatus | undefined): boolean {
  return status?.state === 'exited' && (status.code !== undefined || status.signal !== undefined);
}

async function isFree(port: number): Promise<boolean> {
  return assertPortFree(port).then(
    () => true,
    () => false,
  );
}
