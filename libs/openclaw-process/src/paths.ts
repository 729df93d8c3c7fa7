import { join } from 'node:path';

/** Where everything of one gateway is, below one directory of its own. */
export interface GatewayPaths {
  readonly directory: string;
  /** In a directory of its own: the gateway keeps backups beside it and sets that directory to 0700. */
  readonly config: string;
  readonly keys: string;
  readonly state: string;
  /** HOME of the gateway and of its agents' commands. */
  readonly home: string;
  /** Parent of the agents' workspaces. */
  readonly workspaces: string;
  /** Standard output and error of the process, appended. */
  readonly outputLog: string;
  /** The gateway's own structured log. */
  readonly log: string;
  /** Which process runs this gateway. */
  readonly record: string;
}

/**
 * The layout below `directory`, which must be absolute. Inside a container, give the directory as the container
 * sees it.
 */
export function gatewayPaths(directory: string): GatewayPaths {
  return {
    directory,
    config: join(directory, 'config', 'openclaw.json'),
    keys: join(directory, 'secrets', 'keys.json'),
    state: join(directory, 'state'),
    home: join(directory, 'home'),
    workspaces: join(directory, 'workspace'),
    outputLog: join(directory, 'logs', 'output.log'),
    log: join(directory, 'logs', 'gateway.log'),
    record: join(directory, 'process.json'),
  };
}

/** The workspace of one agent. */
export function agentWorkspace(paths: GatewayPaths, agentId: string): string {
  return join(paths.workspaces, agentId);
}
