import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll } from '@jest/globals';
import { renderConfig, type GatewaySettings } from '@aether/openclaw-process/config';
import { gatewayEnvironment } from '@aether/openclaw-process/environment';
import { writeGatewayFiles, writeKeys } from '@aether/openclaw-process/files';
import { installOpenClaw } from '@aether/openclaw-process/install';
import { startGateway, type GatewayProcess } from '@aether/openclaw-process/process';

import { environment, openClawDirectory } from './config.js';
import { freePort } from './free-port.js';
import { runDirectory } from './run-directory.js';
import { ScriptedModel } from './scripted-model.js';

export interface RealGatewayOptions {
  /** Default: one of its own, stopped with the gateway. */
  readonly model?: ScriptedModel;
  /** What stands between gateway and model, such as Aether's endpoint; it takes the model's id `scripted-1`. */
  readonly endpoint?: { readonly baseUrl: string; readonly key: string };
  /** Default: one agent, `main`. */
  readonly agents?: GatewaySettings['agents'];
  /** Default: one, which reads text alone. */
  readonly models?: GatewaySettings['models'];
  readonly maxConcurrentTurns?: number;
  readonly toolServers?: GatewaySettings['toolServers'];
  /** Default `loopback`; `lan` listens on every address, so that clients may come from elsewhere. */
  readonly bind?: GatewaySettings['bind'];
  readonly trustedProxies?: GatewaySettings['trustedProxies'];
  /** In place of `gateway.auth`, which asks for the token of the gateway. */
  readonly auth?: Readonly<Record<string, unknown>>;
}

const run = promisify(execFile);
const MODEL_KEY = 'test-model-key';

/** A real OpenClaw gateway with a scripted model. It has a directory of its own, removed by `stop`. */
export class RealGateway {
  private constructor(
    readonly port: number,
    private shared: string,
    readonly directory: string,
    readonly model: ScriptedModel,
    private readonly entry: string,
    private readonly start: () => Promise<GatewayProcess>,
    private running: GatewayProcess,
  ) {}

  /** Installs OpenClaw when that has not been done, starts a gateway and waits until it is ready: 10 to 30 s. */
  static async start(options: RealGatewayOptions = {}): Promise<RealGateway> {
    const { entry } = await installOpenClaw({ directory: openClawDirectory, environment });
    const model = options.model ?? (await ScriptedModel.start());
    const directory = await mkdtemp(join(runDirectory(), 'gateway-'));
    const port = await freePort();
    const token = randomBytes(24).toString('base64url');
    const config = renderConfig({
      directory,
      port,
      modelBaseUrl: options.endpoint?.baseUrl ?? model.url,
      models: options.models ?? [{ id: 'scripted-1' }],
      defaultModel: 'scripted-1',
      agents: options.agents,
      maxConcurrentTurns: options.maxConcurrentTurns,
      toolServers: options.toolServers,
      bind: options.bind,
      trustedProxies: options.trustedProxies,
    });
    if (options.auth) Object.assign(config.gateway, { auth: options.auth });
    await writeGatewayFiles({ directory, config, token, modelKey: options.endpoint?.key ?? MODEL_KEY });
    const start = async () => {
      const path = environment['PATH'] ?? '';
      const gateway = await startGateway({
        directory,
        entry,
        port,
        environment: gatewayEnvironment({ directory, path }),
      });
      // Many times what it takes alone: a test run keeps every core busy.
      await gateway.waitUntilReady({ timeoutMs: 240_000 });
      return gateway;
    };
    return new RealGateway(port, token, directory, model, entry, start, await start());
  }

  /** For the WebSocket client. */
  get url(): string {
    return `ws://127.0.0.1:${this.port}`;
  }

  /** What clients are let in with. */
  get token(): string {
    return this.shared;
  }

  /** Replaces its token, as its operator would; it takes the new one with the next `restart`. */
  async replaceToken(token: string): Promise<void> {
    await writeKeys(this.directory, { token, modelKey: MODEL_KEY });
    this.shared = token;
  }

  get process(): GatewayProcess {
    return this.running;
  }

  /** Runs OpenClaw's own command on the gateway's machine, as its operator would; answers what it printed. */
  async command(...args: string[]): Promise<string> {
    const { directory } = this;
    const env = gatewayEnvironment({ directory, path: environment['PATH'] ?? '' });
    return (await run(process.execPath, [this.entry, ...args], { env, timeout: 180_000 })).stdout;
  }

  /** Kills it without warning, as a crash would. Use `restart` to have it back on the same state. */
  async kill(): Promise<void> {
    await this.running.kill();
  }

  /** Ends it in an orderly way, unless it has ended, and starts it again on the same port and state. */
  async restart(): Promise<void> {
    await this.running.stop();
    this.running = await this.start();
  }

  /** Ends gateway and model and removes the directory. */
  async stop(): Promise<void> {
    await this.running.stop({ drainMs: 2_000 });
    await this.model.stop();
    await rm(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** One real gateway for all tests of the file or `describe` that calls this. Call the result inside a test. */
export function useRealGateway(options: RealGatewayOptions = {}): () => RealGateway {
  let gateway: RealGateway | undefined;
  beforeAll(async () => {
    gateway = await RealGateway.start(options);
  }, 300_000);
  afterAll(async () => gateway?.stop(), 60_000);
  return () => {
    if (!gateway) throw new Error('The real gateway is only there while tests run.');
    return gateway;
  };
}
