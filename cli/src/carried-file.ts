import { readFile, writeFile } from 'node:fs/promises';
import type { z } from 'zod';
import { CommandError } from './command-error.js';
import type { Terminal } from './terminal.js';

/** Far more than a template may have, so that no other file is read by mistake. */
const BYTES_MAX = 1_048_576;

/** Reads a file that `export` wrote, and holds it against its schema before anything is sent. */
export async function readCarried<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw refused(path, cause instanceof Error ? cause.message : String(cause));
  });
  if (text.length > BYTES_MAX) throw refused(path, `it has more than ${BYTES_MAX} characters.`);
  const parsed = schema.safeParse(parse(path, text));
  if (parsed.success) return parsed.data;
  throw refused(
    path,
    parsed.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`).join('; '),
  );
}

/** Writes what was exported to a new file, or to standard output; says what has to be given again. */
export async function writeCarried(
  terminal: Terminal,
  file: { readonly toGiveAgain: readonly string[] },
  path: string | undefined,
): Promise<void> {
  const text = `${JSON.stringify(file, null, 2)}\n`;
  if (path === undefined) return terminal.answer({ file }, () => terminal.line(text.trimEnd()));
  await writeFile(path, text, { flag: 'wx' }).catch((cause: unknown) => {
    throw new CommandError({
      code: 'file_not_written',
      detail: `${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: 'Choose a new file in a folder that you may write to.',
    });
  });
  terminal.answer({ path, toGiveAgain: file.toGiveAgain }, () => {
    terminal.line(`Written to ${path}.`);
    tellToGiveAgain(terminal, file);
  });
}

/** The secrets that a file does without. */
export function tellToGiveAgain(terminal: Terminal, file: { readonly toGiveAgain: readonly string[] }): void {
  if (file.toGiveAgain.length === 0) return;
  terminal.line('Secrets were left out. Fill them in where the file says [secret]:');
  for (const secret of file.toGiveAgain) terminal.line(`  ${secret}`);
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused(path, cause instanceof Error ? cause.message : String(cause));
  }
}

const refused = (path: string, why: string) =>
  new CommandError({
    code: 'file_not_usable',
    detail: `${path} cannot be imported: ${why}`,
    hint: 'Give a file that `aether template export` or `aether preset export` wrote.',
  });
