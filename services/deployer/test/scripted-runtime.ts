import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { emptyWhenRead, readLines } from '../src/process/output-file.js';
import type { AgentRuntime, AgentStatus, Figures, ListedAgent, Progress } from '../src/runtime.js';
import type { StepError, StepErrorFields } from '../src/steps/step-error.js';

/** Taken from the sources by tests, from the build by a deployer in a process of its own. */
export interface Parts {
  readonly StepError: new (fields: StepErrorFields) => StepError;
  readonly readLines: typeof readLines;
  readonly emptyWhenRead: typeof emptyWhenRead;
}

type Method =
  'approve' | 'snapshot' | 'restore' | 'preflight' | 'prepare' | 'create' | 'start' | 'stop' | 'remove';

/**
 * A runtime whose agents are files, so that they outlive the deployer as real processes do. A test makes a method
 * wait with `hold`, makes it fail with `fail`, and reads in `calls` what was asked.
 */
export class ScriptedRuntime implements AgentRuntime {
  readonly name = 'process';
  private readonly directory: string;
  private readonly parts: Parts;

  constructor(directory: string, parts: Parts) {
    this.directory = directory;
    this.parts = parts;
    mkdirSync(join(directory, 'agents'), { recursive: true });
  }

  hold(method: Method): void {
    writeFileSync(this.control('hold', method), '');
  }
  release(method: Method): void {
    rmSync(this.control('hold', method), { force: true });
  }
  fail(method: Method, fields: StepErrorFields): void {
    writeFileSync(this.control('fail', method), JSON.stringify(fields));
  }
  heal(method: Method): void {
    rmSync(this.control('fail', method), { force: true });
  }
  calls(): string[] {
    const path = join(this.directory, 'calls');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }
  setFreeMemoryMb(megabytes: number): void {
    writeFileSync(join(this.directory, 'memory'), String(megabytes));
  }
  /** Token that the agent was prepared with last. */
  tokenOf(id: string): string {
    return (JSON.parse(readFileSync(this.agent(id, 'json'), 'utf8')) as { gatewayToken: string })
      .gatewayToken;
  }
  say(id: string, text: string): void {
    appendFileSync(this.agent(id, 'out'), text);
  }
  outputBytes(id: string): number {
    return readFileSync(this.agent(id, 'out')).length;
  }
  /** The agent's process ends by itself. */
  crash(id: string): void {
    rmSync(this.agent(id, 'running'), { force: true });
  }

  async preflight(_settings: unknown, { signal }: Progress): Promise<string> {
    await this.act('preflight', { signal });
    return 'scripted';
  }
  async availableMemoryMb(): Promise<number> {
    const path = join(this.directory, 'memory');
    return existsSync(path) ? Number(readFileSync(path, 'utf8')) : 100_000;
  }
  async choosePort({
    preferred,
    taken,
  }: {
    preferred: number | null;
    taken: readonly number[];
  }): Promise<number> {
    if (preferred !== null) return preferred;
    let port = 30_000;
    while (taken.includes(port)) port += 1;
    return port;
  }
  async gatewayToken(id: string): Promise<string> {
    return `token-of-${id}`;
  }
  async prepare(
    { id, port }: { id: string; port: number },
    { gatewayToken }: { gatewayToken: string },
  ): Promise<{ url: string }> {
    writeFileSync(this.agent(id, 'json'), JSON.stringify({ port, gatewayToken }));
    await this.act('prepare', { id });
    return { url: `ws://127.0.0.1:${port}` };
  }
  async create({ id }: { id: string }, { signal, tell }: Progress) {
    tell('half of it is there');
    await this.act('create', { id, signal });
    return { told: 'created', image: null };
  }
  async start({ id }: { id: string }, { signal }: Progress): Promise<string> {
    if (!existsSync(this.agent(id, 'running')))
      appendFileSync(join(this.directory, 'calls'), `launch ${id}\n`);
    writeFileSync(this.agent(id, 'running'), '');
    await this.act('start', { id, signal });
    return 'started';
  }
  async stop(id: string): Promise<void> {
    await this.act('stop', { id });
    rmSync(this.agent(id, 'running'), { force: true });
  }
  async remove(id: string): Promise<void> {
    await this.act('remove', { id });
    for (const suffix of ['json', 'running', 'out'] as const) rmSync(this.agent(id, suffix), { force: true });
  }
  async status(id: string): Promise<AgentStatus> {
    const running = existsSync(this.agent(id, 'running'));
    return { running, exit: running ? null : 'It exited with code 1.' };
  }
  async snapshot(id: string): Promise<string> {
    await this.act('snapshot', { id });
    return 'copied';
  }
  async restore(id: string): Promise<string> {
    await this.act('restore', { id });
    return 'put back';
  }
  async figures(id: string): Promise<Figures | null> {
    if (!existsSync(this.agent(id, 'running'))) return null;
    const unknown = { memoryLimitBytes: null, receivedBytes: null, sentBytes: null, diskBytes: null };
    return { cpuPercent: 1, memoryBytes: 2, processes: 3, ...unknown };
  }
  async discard(id: string): Promise<void> {
    await this.stop(id);
  }
  async approveDevice(id: string, requestId: string): Promise<void> {
    appendFileSync(join(this.directory, 'calls'), `approve ${id} ${requestId}\n`);
    await this.act('approve', { id });
  }
  async list(): Promise<ListedAgent[]> {
    const names = readdirSync(join(this.directory, 'agents')).filter((name) => name.endsWith('.json'));
    return names.map((name) => {
      const id = name.slice(0, -'.json'.length);
      const running = existsSync(this.agent(id, 'running'));
      return { id, running, discardable: running };
    });
  }
  async readOutput(id: string, position: string, options: { final: boolean }) {
    return this.parts.readLines(this.agent(id, 'out'), position, options);
  }
  async compactOutput(id: string, position: string): Promise<string> {
    return this.parts.emptyWhenRead(this.agent(id, 'out'), position, 10_000);
  }
  async secretValues(id: string): Promise<string[]> {
    return [`token-of-${id}`];
  }

  private async act(
    method: Method,
    { id = '', signal }: { id?: string; signal?: AbortSignal },
  ): Promise<void> {
    appendFileSync(join(this.directory, 'calls'), `${method} ${id}\n`);
    while (existsSync(this.control('hold', method))) await delay(20, undefined, { signal });
    const failing = this.control('fail', method);
    if (existsSync(failing))
      throw new this.parts.StepError(JSON.parse(readFileSync(failing, 'utf8')) as StepErrorFields);
  }
  private control(what: 'hold' | 'fail', method: Method): string {
    return join(this.directory, `${what}-${method}`);
  }
  private agent(id: string, suffix: 'json' | 'running' | 'out'): string {
    return join(this.directory, 'agents', `${id}.${suffix}`);
  }
}
