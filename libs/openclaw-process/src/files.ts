import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { GatewayConfig } from './config.js';
import { withAgentsOf } from './kept-agents.js';
import { agentWorkspace, gatewayPaths, type GatewayPaths } from './paths.js';

/** Names of the files that OpenClaw puts into an agent's prompt. */
export const AGENT_FILES = ['AGENTS.md', 'SOUL.md', 'USER.md', 'MEMORY.md'] as const;
/** Text by file name, for one agent. */
type AgentFiles = Partial<Record<(typeof AGENT_FILES)[number], string>>;

export interface GatewayFiles {
  /** Absolute directory of the gateway on this machine. */
  readonly directory: string;
  readonly config: GatewayConfig;
  /** The gateway's own shared token. */
  readonly token: string;
  /** Key that the gateway presents to `modelBaseUrl`. */
  readonly modelKey: string;
  /** By agent id. An agent's other files are left alone. */
  readonly agentFiles?: Readonly<Record<string, AgentFiles>>;
}

/** Replaces the file in one step, and only when its content differs, so that a watcher is not woken for nothing. */
async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => undefined);
  if (current === content) return chmod(path, mode);
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', mode);
  try {
    await file.writeFile(content);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Replaces the gateway's keys; the running gateway reads them on the RPC `secrets.reload`. */
export async function writeKeys(
  directory: string,
  keys: { readonly token: string; readonly modelKey: string },
): Promise<void> {
  const content = { gatewayToken: keys.token, modelKey: keys.modelKey };
  await replaceFile(gatewayPaths(directory).keys, `${JSON.stringify(content, null, 2)}\n`, 0o600);
}

/**
 * Lays out everything a gateway reads at its start, readable by this user alone. Safe to repeat: each file is
 * replaced in one step, state, logs and agents that were added meanwhile are kept, and a running gateway applies a
 * changed configuration by itself.
 */
export async function writeGatewayFiles(files: GatewayFiles): Promise<GatewayPaths> {
  const paths = gatewayPaths(files.directory);
  const agentIds = Object.keys(files.config.agents.entries);
  const workspaces = agentIds.map((agentId) => agentWorkspace(paths, agentId));
  const folders = [dirname(paths.config), dirname(paths.keys), dirname(paths.log), paths.state, paths.home];
  for (const folder of [paths.directory, ...folders, paths.workspaces, ...workspaces]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  for (const folder of [paths.directory, dirname(paths.config), dirname(paths.keys)]) {
    await chmod(folder, 0o700);
  }
  await writeKeys(files.directory, files);
  for (const [agentId, texts] of Object.entries(files.agentFiles ?? {})) {
    if (!agentIds.includes(agentId)) throw new Error(`There is no agent "${agentId}" to give files to.`);
    for (const [name, text] of Object.entries(texts)) {
      await replaceFile(join(agentWorkspace(paths, agentId), name), text, 0o600);
    }
  }
  // Last, because a running gateway starts to use what it names at once.
  const before = await readFile(paths.config, 'utf8').catch(() => undefined);
  const config = withAgentsOf(files.config, before);
  await replaceFile(paths.config, `${JSON.stringify(config, null, 2)}\n`, 0o600);
  return paths;
}
