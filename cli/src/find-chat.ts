import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Api } from './api.js';
import { CommandError, toCommandError } from './command-error.js';
import type { CliConfig } from './config.js';

/** By deployment: the chat this command used last, and how far it was seen. */
const Chats = z.record(z.uuid(), z.object({ chatId: z.uuid(), cursor: z.string().optional() }));
type KnownChat = z.infer<typeof Chats>[string];

const fileOf = (config: CliConfig) => join(config.configDir, 'chats.json');

export interface FoundChat extends KnownChat {
  readonly deploymentId: string;
  readonly created: boolean;
}

/** The chat to go on with at an agent, or a new one. */
export async function findChat(
  config: CliConfig,
  api: Api,
  wanted: { name: string; fresh: boolean },
): Promise<FoundChat> {
  const { name } = wanted;
  const deployment = await api.call('GET /api/v1/deployments/{id}', { id: name });
  if (['stopped', 'stopping', 'failed', 'deleting', 'deleted'].includes(deployment.state))
    throw new CommandError({
      code: 'agent_not_running',
      detail: `${name} is ${deployment.state}.`,
      hint: `Run \`npx aether ${deployment.state === 'failed' ? 'repair' : 'start'} ${name} --wait\` first.`,
    });
  const known = wanted.fresh ? undefined : (await readChats(config))[deployment.id];
  if (known && (await exists(api, known.chatId)))
    return { ...known, deploymentId: deployment.id, created: false };
  const chat = await api.call('POST /api/v1/chats', { deploymentId: deployment.id });
  return { chatId: chat.id, deploymentId: deployment.id, created: true };
}

export async function rememberChat(
  config: CliConfig,
  chat: KnownChat & { deploymentId: string },
): Promise<void> {
  const chats = await readChats(config);
  chats[chat.deploymentId] = { chatId: chat.chatId, cursor: chat.cursor };
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
