import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { routes, type Route, type RouteInput, type RouteOutput } from '@aether/contracts/routes';
import { aetherProgram, environment, openClawDirectory } from './config.js';

/** Who set the system up. */
export const account = { email: 'bench@example.org', password: 'a long password for the bench' };

/** A system of its own, driven by the `aether` command as a person would. */
export class AetherSystem {
  url = '';
  hostPid = 0;
  private key = '';

  constructor(
    readonly dataDir: string,
    private readonly configDir: string,
    private readonly port: number,
  ) {}

  /** Starts it and returns how many milliseconds the command took. */
  async up(): Promise<number> {
    const startedAt = performance.now();
    const { url, pid } = (await this.command(['up', '--detach'])) as { url: string; pid: number };
    const tookMs = performance.now() - startedAt;
    this.url = url;
    this.hostPid = pid;
    return tookMs;
  }

  async down(): Promise<void> {
    await this.command(['down']);
  }

  /** Creates the administrator, and a key that the measurements use. */
  async setUp(): Promise<void> {
    await this.command(['setup', '--email', account.email, '--password-stdin'], account.password);
    const session = await this.request('POST /api/v1/session', account);
    this.key = (session as { accessToken: string }).accessToken;
    const { key } = await this.call('POST /api/v1/api-keys', { name: 'bench', role: 'admin' });
    this.key = key;
  }

  get headers(): Record<string, string> {
    return { authorization: `Bearer ${this.key}` };
  }

  async call<R extends Route>(route: R, input: RouteInput<R>): Promise<RouteOutput<R>> {
    return routes[route].contract.output.parse(await this.request(route, input)) as RouteOutput<R>;
  }

  private async request(route: Route, input: object): Promise<unknown> {
    const [method = '', template = ''] = route.split(' ');
    const rest = new Map(Object.entries(input));
    const path = template.replace(/\{(\w+)\}/g, (_all, name: string) => {
      const value = String(rest.get(name));
      rest.delete(name);
      return encodeURIComponent(value);
    });
    const url = new URL(path, this.url);
    const fields = Object.fromEntries(rest);
    if (method === 'GET') for (const [name, value] of rest) url.searchParams.set(name, String(value));
    const response = await fetch(url, {
      method,
      headers: {
        ...(this.key && this.headers),
        ...(method !== 'GET' && { 'content-type': 'application/json' }),
      },
      ...(method !== 'GET' && { body: JSON.stringify(fields) }),
    });
    if (!response.ok) throw new Error(`${route} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  private async command(words: readonly string[], input = ''): Promise<unknown> {
    const child = spawn(process.execPath, [aetherProgram, ...words, '--json'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...environment,
        AETHER_DATA_DIR: this.dataDir,
        AETHER_CONFIG_DIR: this.configDir,
        AETHER_PORT: String(this.port),
        AETHER_OPENCLAW_DIR: openClawDirectory,
        // One client asks as much as it can: what is measured is the system, not its politeness.
        RATE_READ_PER_MINUTE: '100000000',
        RATE_WRITE_PER_MINUTE: '100000000',
      },
    });
    child.stdin.end(input);
    const ended = once(child, 'exit') as Promise<[number | null]>;
    const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    if (code !== 0) throw new Error(`aether ${words.join(' ')} ended with ${code}:\n${out}${errors}`);
    return JSON.parse(out);
  }
}
