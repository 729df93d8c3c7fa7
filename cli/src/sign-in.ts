import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CommandError } from './command-error.js';
import type { CliConfig } from './config.js';

const SignIn = z.object({
  url: z.url(),
  apiKey: z.string().min(1),
  /** Null for a key that was handed to us: it is not ours to revoke. */
  apiKeyId: z.uuid().nullable(),
  name: z.string(),
});
export type SignIn = z.infer<typeof SignIn>;

/** The system to speak to, and what shows who we are. */
export interface Target {
  readonly url: string;
  readonly apiKey: string | null;
}

const fileOf = (config: CliConfig) => join(config.configDir, 'sign-in.json');

export async function readSignIn(config: CliConfig): Promise<SignIn | null> {
  const text = await readFile(fileOf(config), 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = SignIn.safeParse(parseJson(text));
  return parsed.success ? parsed.data : null;
}

/** Written beside and renamed, readable by its owner only. */
export async function writeSignIn(config: CliConfig, signIn: SignIn): Promise<void> {
  await mkdir(config.configDir, { recursive: true, mode: 0o700 });
  const file = fileOf(config);
  await writeFile(`${file}.new`, `${JSON.stringify(signIn, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

export async function removeSignIn(config: CliConfig): Promise<void> {
  await rm(fileOf(config), { force: true });
}

/** Who to speak to: the environment first, then the stored sign-in. Throws where nobody is signed in. */
export async function requireTarget(config: CliConfig): Promise<Target> {
  const stored = await readSignIn(config);
  const url = config.url ?? stored?.url;
  const apiKey = config.apiKey ?? (stored && stored.url === url ? stored.apiKey : null);
  if (url && apiKey) return { url, apiKey };
  throw new CommandError({
    code: 'not_signed_in',
    detail: url ? `This command is not signed in to ${url}.` : 'This command is not signed in.',
    hint: 'On a new system run `npx aether setup`, otherwise `npx aether login`.',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
