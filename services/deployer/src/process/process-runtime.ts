import { access, cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { renderConfig } from '@aether/openclaw-process/config';
import { gatewayEnvironment } from '@aether/openclaw-process/environment';
import { AGENT_FILES, writeGatewayFiles } from '@aether/openclaw-process/files';
import { OPENCLAW_VERSION, installOpenClaw, type InstalledOpenClaw } from '@aether/openclaw-process/install';
import { agentWorkspace, gatewayPaths } from '@aether/openclaw-process/paths';
import {
  adoptGateway,
  startGateway,
  type GatewayProcess,
  type GatewayStatus,
} from '@aether/openclaw-process/process';
import type { Environment } from '@aether/runtime/config';
import { z } from 'zod';
import { AgentDirectories } from '../agent-directories.js';
import { choosePort, type PortRange, type WantedPort } from '../choose-port.js';
import { gatewayModels } from '../gateway-models.js';
import type {
  AgentRuntime,
  AgentSecrets,
  AgentSpec,
  AgentStatus,
  Figures,
  ListedAgent,
  Progress,
} from '../runtime.js';
import { StepError } from '../steps/step-error.js';
import { figuresOf } from './figures.js';
import { explainInstall, explainStart } from './explain.js';
import { availableMemoryMb } from './memory.js';
import { emptyWhenRead, readLines, type Output } from './output-file.js';

export interface ProcessRuntimeOptions {
  /** Each agent has a directory of its own below it. */
  readonly agentsDirectory: string;
  /** Installed packages, one directory per version. */
  readonly packagesDirectory: string;
  readonly ports: PortRange;
  readonly outputBytesMax: number;
  /** PATH for agents' commands; npm's settings and proxies for the installation. */
  readonly environment: Environment;
}

/** The one agent of a gateway that is made from a template. */
const AGENT_ID = 'main';
const DISCARD_DRAIN_MS = 10_000;

/** Agents as processes of this machine, each a real OpenClaw gateway that outlives this service. */
export class ProcessRuntime implements AgentRuntime {
  readonly name = 'process';
  readonly availableMemoryMb = availableMemoryMb;
  /** Those this process started: only of these the exit code is known. */
  private readonly started = new Map<string, GatewayProcess>();

  private readonly agents: AgentDirectories;

  constructor(private readonly options: ProcessRuntimeOptions) {
    this.agents = new AgentDirectories(options.agentsDirectory);
  }

  async preflight(): Promise<string> {
    await mkdir(this.options.agentsDirectory, { recursive: true, mode: 0o700 });
    return `processes of this machine, OpenClaw ${OPENCLAW_VERSION}`;
  }

  async choosePort(wanted: WantedPort): Promise<number> {
    return choosePort(this.options.ports, wanted);
  }

  async gatewayToken(id: string): Promise<string> {
    return this.agents.gatewayToken(id);
  }

  async prepare(spec: AgentSpec, secrets: AgentSecrets): Promise<{ url: string }> {
    const directory = this.directory(spec.id);
    await writeGatewayFiles({
      directory,
      config: renderConfig({
        directory,
        port: spec.port,
        modelBaseUrl: spec.model.baseUrl,
        models: gatewayModels(spec.model.offered),
        defaultModel: spec.model.id,
        agents: [{ id: AGENT_ID, name: spec.name }],
        toolServers: spec.toolServers,
      }),
      token: secrets.gatewayToken,
      modelKey: secrets.modelKey,
      agentFiles: { [AGENT_ID]: await this.missingFiles(spec) },
    });
    return { url: `ws://127.0.0.1:${spec.port}` };
  }

  async create(_agent: unknown, progress: Progress): Promise<{ told: string; image: null }> {
    const { version } = await this.install(progress);
    return { told: `OpenClaw ${version} is installed`, image: null };
  }

  async start({ id }: { id: string }, progress: Progress): Promise<string> {
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
    for (const path of [this.copyOf(id), this.directory(id)])
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
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

  async list(): Promise<ListedAgent[]> {
    const ids = await this.agents.ids();
    return ids.map((id) => {
      const running = adoptGateway(this.directory(id)) !== undefined;
      return { id, running, discardable: running };
    });
  }

  async readOutput(id: string, position: string, options: { final: boolean }): Promise<Output> {
    return readLines(gatewayPaths(this.directory(id)).outputLog, position, options);
  }

  async compactOutput(id: string, position: string): Promise<string> {
    return emptyWhenRead(gatewayPaths(this.directory(id)).outputLog, position, this.options.outputBytesMax);
  }

  async secretValues(id: string): Promise<string[]> {
    return this.agents.secretValues(id);
  }

  async snapshot(id: string): Promise<string> {
    const copy = this.copyOf(id);
    await rm(copy, { recursive: true, force: true, maxRetries: 5 });
    await cp(this.directory(id), copy, { recursive: true, preserveTimestamps: true });
    return 'state copied';
  }

  async restore(id: string): Promise<string> {
    await rm(this.directory(id), { recursive: true, force: true, maxRetries: 5 });
    await cp(this.copyOf(id), this.directory(id), { recursive: true, preserveTimestamps: true });
    return 'state as before the change';
  }

  async figures(id: string): Promise<Figures | null> {
    const gateway = this.find(id);
    if (gateway?.status().state !== 'running') return null;
    return figuresOf(gateway.pid, this.directory(id));
  }

  async discard(id: string): Promise<void> {
    await this.stop(id, DISCARD_DRAIN_MS);
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

  private directory(id: string): string {
    return this.agents.of(id);
  }

  private copyOf(id: string): string {
    return `${this.directory(id)}.before`;
  }
}

function isExplained(status: GatewayStatus | undefined): boolean {
  return status?.state === 'exited' && (status.code !== undefined || status.signal !== undefined);
}
