import type { StackState } from '@aether/local-stack/stack-state';
import { DEFAULT_PORT, type CliConfig } from '../config.js';

/** The port asked for; else the one of the last start; else the usual one, or a free one where that is taken. */
export async function edgePort(config: CliConfig, state: StackState): Promise<number> {
  return config.port ?? (await state.port('edge', DEFAULT_PORT));
}

/** Address for people and commands on this machine, also where the edge listens on all of them. */
export function localUrl(config: CliConfig, port: number): string {
  const host = ['0.0.0.0', '::'].includes(config.host) ? '127.0.0.1' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
