import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Slug } from '@aether/contracts/schemas';
import { z } from 'zod';
import type { Api } from './api.js';
import { CommandError, toCommandError } from './command-error.js';
import type { CliConfig } from './config.js';
import { findAgent, unknownAgent } from './find-agent.js';

/** By deployment, or by agent: the chat this command used last, and how far it was seen. */
const Chats = z.record(z.string(), z.object({ chatId: z.uuid(), cursor: z.string().optional() }));
type KnownChat = z.infer<typeof Chats>[string];

const fileOf = (config: CliConfig) => join(config.configDir, 'chats.json');

export interface FoundChat extends KnownChat {
  /** Under which it is remembered. */
  readonly key: string;
  readonly created: boolean;
}

/** The chat to go on with at an agent, deployed or remote, or a new one. */
export async function findChat(
  config: CliConfig,
  api: Api,
  wanted: { name: string; fresh: boolean },
): Promise<FoundChat> {
  const { key, ...agent } = await reachable(api, wanted.name);
  const known = wanted.fresh ? undefined : (await readChats(config))[key];
  if (known && (await exists(api, known.chatId))) return { ...known, key, created: false };
  const chat = await api.call('POST /api/v1/chats', agent);
  return { chatId: chat.id, key, created: true };
}

/** Whom to talk to. Where that cannot be now and somebody has to act first, it says so. */
async function reachable(
  api: Api,
  name: string,
): Promise<{ key: string; deploymentId: string; agentId?: string }> {
  const agent = await findAgent(api, name);
  // A deployment that has not told of its agents yet is known by its name all the same.
  if (!agent?.remote) await expectRunning(api, agent?.deploymentId ?? name);
  else if (!agent.online) await expectConnecting(api, agent.connectionId);
  if (!agent) {
    const { id } = await api.call('GET /api/v1/deployments/{id}', { id: name });
    return { key: id, deploymentId: id };
  }
  const { deploymentId, id: agentId, first } = agent;
  return { key: first ? deploymentId : `${deploymentId}/${agentId}`, deploymentId, agentId };
}

async function expectRunning(api: Api, id: string): Promise<void> {
  if (!Slug.safeParse(id).success && !z.uuid().safeParse(id).success) throw unknownAgent(id);
  const { name, state } = await api.call('GET /api/v1/deployments/{id}', { id }).catch((error: unknown) => {
    throw toCommandError(error).code === 'deployment_not_found' ? unknownAgent(id) : error;
  });
  if (!['stopped', 'stopping', 'failed', 'deleting', 'deleted'].includes(state)) return;
  throw new CommandError({
    code: 'agent_not_running',
    detail: `${name} is ${state}.`,
    hint: `Run \`npx aether ${state === 'failed' ? 'repair' : 'start'} ${name} --wait\` first.`,
  });
}

/** A gateway that will be back by itself is waited for; one that waits for a person is not. */
async function expectConnecting(api: Api, id: string): Promise<void> {
  const { name, state, reason } = await api.call('GET /api/v1/connections/{id}', { id });
  if (state !== 'refused' && state !== 'pairing' && state !== 'closed') return;
  throw new CommandError({
    code: 'agent_not_connected',
    detail: `The connection "${name}" is ${state}. ${reason?.cause ?? ''}`.trim(),
    hint: reason?.remedy ?? 'See it with: npx aether connections',
  });
}

export async function rememberChat(config: CliConfig, chat: KnownChat & { key: string }): Promise<void> {
  const chats = await readChats(config);
  chats[chat.key] = { chatId: chat.chatId, cursor: chat.cursor };
  await mkdir(config.configDir, { recursive: true, mode: 0o700 });
  const file = fileOf(config);
  const written = `${file}.${process.pid}`;
  await writeFile(written, JSON.stringify(chats, null, 2), { mode: 0o600 });
  await rename(written, file);
}

async function readChats(config: CliConfig): Promise<z.infer<typeof Chats>> {
  try {
    return Chats.parse(JSON.parse(await readFile(fileOf(config), 'utf8')));
  } catch {
    return {};
  }
}

async function exists(api: Api, chatId: string): Promise<boolean> {
  try {
    await api.call('GET /api/v1/chats/{id}', { id: chatId });
    return true;
  } catch (error) {
    if (toCommandError(error).code === 'chat_not_found') return false;
    throw error;
  }
}
