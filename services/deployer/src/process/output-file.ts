import { fstatSync, ftruncateSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';

const READ_BYTES_MAX = 256 * 1024;
/** Enough of a file's beginning to tell it from the one that takes its place: each line begins with its time. */
const HEAD_BYTES = 64;
const NEWLINE = 10;

/** Text between two places of a process's output. */
export interface Output {
  readonly lines: string[];
  /** Where to go on; opaque to others. */
  readonly position: string;
}

/**
 * Reads the lines behind `position`. A file that was emptied or replaced since is read from its beginning. A last
 * line without an end is left for later unless `final`, or longer than what is read at once.
 */
export async function readLines(
  path: string,
  position: string,
  { final }: { final: boolean },
): Promise<Output> {
  return withFile<Output>({ path, flags: 'r', absent: { lines: [], position } }, async (file) => {
    const from = await locate(file, position);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(READ_BYTES_MAX), 0, READ_BYTES_MAX, from);
    const bytes = buffer.subarray(0, bytesRead);
    const whole = bytes.lastIndexOf(NEWLINE) + 1;
    const end = final || (whole === 0 && bytesRead === READ_BYTES_MAX) ? bytesRead : whole;
    if (end === 0) return { lines: [], position };
    const text = bytes.subarray(0, end).toString('utf8');
    const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
    return { lines, position: await note(file, from + end) };
  });
}

/** Empties a file of more than `bytesMax` that was read to its end; answers where to go on. */
export async function emptyWhenRead(path: string, position: string, bytesMax: number): Promise<string> {
  return withFile({ path, flags: 'r+', absent: position }, async (file) => {
    const from = await locate(file, position);
    // Nothing may come between the look and the cut: what is written there would be lost.
    if (from <= bytesMax || fstatSync(file.fd).size !== from) return position;
    ftruncateSync(file.fd, 0);
    return '';
  });
}

async function withFile<T>(
  { path, flags, absent }: { path: string; flags: string; absent: T },
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (!file) return absent;
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

async function locate(file: FileHandle, position: string): Promise<number> {
  const [offset, head = ''] = position.split(' ');
  if (!offset) return 0;
  const known = Buffer.from(head, 'base64url');
  const { size } = await file.stat();
  if (size < Number(offset)) return 0;
  const { buffer, bytesRead } = await file.read(Buffer.alloc(known.length), 0, known.length, 0);
  return buffer.subarray(0, bytesRead).equals(known) ? Number(offset) : 0;
}

async function note(file: FileHandle, offset: number): Promise<string> {
  const length = Math.min(HEAD_BYTES, offset);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
  return `${offset} ${buffer.toString('base64url')}`;
}
