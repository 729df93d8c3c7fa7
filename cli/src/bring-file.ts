import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ATTACHMENT_PIECE_BYTES, ATTACHMENTS_MAX } from '@aether/contracts/attachments';
import type { Api } from './api.js';
import { CommandError } from './command-error.js';

/** Kinds that gateways treat in a way of their own; everything else is told apart by its content. */
const TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.heic': 'image/heic',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.mp3': 'audio/mpeg',
  '.mp4': 'video/mp4',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.wav': 'audio/wav',
  '.webp': 'image/webp',
};

/** Brings files for the next message of a chat; answers their ids. */
export async function bringFiles(api: Api, chatId: string, paths: readonly string[]): Promise<string[]> {
  if (paths.length > ATTACHMENTS_MAX)
    throw new CommandError({
      code: 'too_many_files',
      detail: `${paths.length} files were named; one message brings ${ATTACHMENTS_MAX} at most.`,
      hint: 'Spread them over several messages.',
    });
  const ids: string[] = [];
  for (const path of paths) ids.push(await bringFile(api, chatId, path));
  return ids;
}

async function bringFile(api: Api, chatId: string, path: string): Promise<string> {
  const attachmentId = randomUUID();
  const file = await open(path).catch((cause: unknown) => {
    throw unreadable(path, cause instanceof Error ? cause.message : String(cause));
  });
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw unreadable(path, 'it is not a file');
    if (stats.size === 0) throw unreadable(path, 'it is empty');
    const name = basename(path);
    const mediaType = TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
    for (let offset = 0; offset < stats.size;) {
      const length = Math.min(ATTACHMENT_PIECE_BYTES, stats.size - offset);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
      const content = buffer.subarray(0, bytesRead).toString('base64');
      const about = { id: chatId, attachmentId, name, mediaType, bytes: stats.size };
      const answer = await api.call('POST /api/v1/chats/{id}/attachments', { ...about, offset, content });
      offset = answer.nextOffset;
    }
    return attachmentId;
  } finally {
    await file.close();
  }
}

function unreadable(path: string, why: string): CommandError {
  return new CommandError({
    code: 'file_unreadable',
    detail: `${path} cannot be sent: ${why}.`,
    hint: 'Name a file that is there and that you may read.',
  });
}
