import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { renderConfig } from '@aether/openclaw-process/config';
import { AGENT_FILES, writeGatewayFiles } from '@aether/openclaw-process/files';
import { withAgentsOf } from '@aether/openclaw-process/kept-agents';
import { agentWorkspace, gatewayPaths } from '@aether/openclaw-process/paths';
import type Docker from 'dockerode';
import { extract, pack } from 'tar-fs';
import { gatewayModels } from '../gateway-models.js';
import type { AgentSecrets, AgentSpec } from '../runtime.js';
import { AGENT_DIRECTORY, AgentRecord, GATEWAY_PORT, USER_ID, VOLUME_TARGET } from './container-spec.js';
import { unlessStatus } from './engine.js';

/** The one agent of a gateway that is made from a template. */
const AGENT_ID = 'main';

/** Writes on this machine what the agent's container is given when it is made. */
export async function stageAgent(
  directory: string,
  {
    spec,
    secrets,
    record,
    modelUrl,
    toolServers,
  }: {
    spec: AgentSpec;
    secrets: AgentSecrets;
    record: AgentRecord;
    modelUrl: string;
    toolServers: Readonly<Record<string, string>>;
  },
): Promise<void> {
  await writeGatewayFiles({
    directory,
    config: renderConfig({
      directory: AGENT_DIRECTORY,
      port: GATEWAY_PORT,
      bind: 'lan',
      modelBaseUrl: modelUrl,
      models: gatewayModels(spec.model.offered),
      defaultModel: spec.model.id,
      agents: [{ id: AGENT_ID, name: spec.name }],
      toolServers,
    }),
    token: secrets.gatewayToken,
    modelKey: secrets.modelKey,
    agentFiles: {
      [AGENT_ID]: Object.fromEntries(
        AGENT_FILES.flatMap((name) => (spec.files[name] === undefined ? [] : [[name, spec.files[name]]])),
      ),
    },
  });
  await writeRecord(directory, record);
}

export async function writeRecord(directory: string, record: AgentRecord): Promise<void> {
  await writeFile(recordPath(directory), JSON.stringify(record), { mode: 0o600 });
}

export async function readRecord(directory: string): Promise<AgentRecord> {
  return AgentRecord.parse(JSON.parse(await readFile(recordPath(directory), 'utf8')));
}

/** Puts the staged files into a container that does not run yet; files the agent has of its own are kept. */
export async function uploadAgent(container: Docker.Container, directory: string): Promise<void> {
  const kept = new Set<string>();
  for (const name of AGENT_FILES) {
    const path = join(agentWorkspace(gatewayPaths(AGENT_DIRECTORY), AGENT_ID), name);
    const told = (await unlessStatus(container.infoArchive({ path }), 404)) as NodeJS.ReadableStream | null;
    if (!told) continue;
    // There is nothing in it, but until that was read it holds its connection, and with it this process.
    told.resume();
    kept.add(join(agentWorkspace(gatewayPaths(directory), AGENT_ID), name));
  }
  await keepAgents(container, directory);
  const own = [recordPath(directory), join(dirname(gatewayPaths(directory).keys), 'gateway-token')];
  const archive = pack(directory, {
    ignore: (path) => kept.has(path) || own.includes(path),
    map: (header) => ({
      ...header,
      name: join('agent', header.name),
      uid: USER_ID,
      gid: USER_ID,
    }),
  });
  await container.putArchive(await buffer(archive), { path: VOLUME_TARGET });
}

/** Has the staged configuration keep agents that people added to the one in the container. */
async function keepAgents(container: Docker.Container, directory: string): Promise<void> {
  const before = await readFromContainer(container, gatewayPaths(AGENT_DIRECTORY).config);
  const staged = gatewayPaths(directory).config;
  const config = JSON.parse(await readFile(staged, 'utf8')) as ReturnType<typeof renderConfig>;
  await writeFile(staged, `${JSON.stringify(withAgentsOf(config, before), null, 2)}\n`, { mode: 0o600 });
}

async function readFromContainer(container: Docker.Container, path: string): Promise<string | undefined> {
  const archive = await unlessStatus(container.getArchive({ path }), 404);
  if (!archive) return undefined;
  const scratch = await mkdtemp(join(tmpdir(), 'aether-config-'));
  try {
    // A link made by whoever is in the container would lead out of the folder.
    const ignore = (_name: string, header?: { type?: string | null }) => header?.type !== 'file';
    await pipeline(archive, extract(scratch, { ignore }));
    return await readFile(join(scratch, basename(path)), 'utf8').catch(() => undefined);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function recordPath(directory: string): string {
  return join(directory, 'container.json');
}

/** An id of this installation that other installations on the same engine do not have. */
export async function installationId(root: string, fresh: () => string): Promise<string> {
  const path = join(root, 'installation');
  await mkdir(root, { recursive: true, mode: 0o700 });
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known) return known;
  const id = fresh();
  const made = await writeFile(path, id, { flag: 'wx', mode: 0o600, flush: true }).then(
    () => true,
    () => false,
  );
  return made ? id : readFile(path, 'utf8');
}
