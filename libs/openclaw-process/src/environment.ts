import { delimiter, dirname } from 'node:path';
import { gatewayPaths } from './paths.js';

export interface EnvironmentOptions {
  /** Absolute directory of the gateway, as the gateway sees it. */
  readonly directory: string;
  /** PATH that the agents' commands get. */
  readonly path: string;
  /** Node.js that runs the gateway; its folder comes first in PATH. Default `process.execPath`. */
  readonly nodePath?: string;
  /** LANG. Default `C.UTF-8`. */
  readonly language?: string;
  /** TZ. Default `UTC`. */
  readonly timeZone?: string;
  /** Further variables, such as a proxy or a certificate file. Agents can read them: no secrets. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * The whole environment of a gateway process. It is built up from nothing, because every command that an agent
 * runs inherits it.
 */
export function gatewayEnvironment(options: EnvironmentOptions): Record<string, string> {
  const paths = gatewayPaths(options.directory);
  const nodePath = options.nodePath ?? process.execPath;
  return {
    ...options.variables,
    PATH: [dirname(nodePath), options.path].join(delimiter),
    HOME: paths.home,
    LANG: options.language ?? 'C.UTF-8',
    TZ: options.timeZone ?? 'UTC',
    OPENCLAW_HOME: paths.home,
    [STATE_VARIABLE]: paths.state,
    OPENCLAW_CONFIG_PATH: paths.config,
    OPENCLAW_DISABLE_BONJOUR: '1',
    OPENCLAW_EXEC_SHELL_SNAPSHOT: '0',
    OPENCLAW_NO_AUTO_UPDATE: '1',
    OPENCLAW_NO_RESPAWN: '1',
    OPENCLAW_SKIP_CHANNELS: '1',
  };
}

/** Marks every process of a gateway, its agents' commands included: they inherit it. */
export const STATE_VARIABLE = 'OPENCLAW_STATE_DIR';
