import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseConfig, type Environment } from '@aether/runtime/config';
import { z } from 'zod';

/** Port of the address people use, unless AETHER_PORT says otherwise. */
export const DEFAULT_PORT = 7420;

/** Beside the sources, so that two clones are two systems and removing a clone removes all of it. */
const DEFAULT_DATA_DIR = resolve(import.meta.dirname, '../../.data');

/** Address of a system, always written the same way. */
export const SystemUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

const Settings = z.object({
  AETHER_DATA_DIR: z.string().default(DEFAULT_DATA_DIR).describe('everything the local system keeps'),
  AETHER_CONFIG_DIR: z.string().optional().describe("the command's own sign-in"),
  AETHER_PORT: z.coerce.number().int().min(1).max(65_535).optional(),
  AETHER_HOST: z.string().default('127.0.0.1').describe('address the edge listens on'),
  AETHER_URL: SystemUrl.optional().describe('of the system to speak to, instead of the stored one'),
  AETHER_API_KEY: z.string().optional().describe('instead of the stored sign-in'),
  AETHER_OPENCLAW_DIR: z.string().optional().describe('where OpenClaw is installed once for several systems'),
  NATS_SERVER_BIN: z.string().optional().describe('a nats-server to use instead of the one found'),
  XDG_CONFIG_HOME: z.string().optional(),
  NO_COLOR: z.string().optional(),
  FORCE_COLOR: z.string().optional(),
});

export interface CliConfig {
  readonly dataDir: string;
  readonly configDir: string;
  /** Null where none was asked for: then the default, or the next free one. */
  readonly port: number | null;
  readonly host: string;
  readonly url: string | null;
  readonly apiKey: string | null;
  readonly openclawDir: string | null;
  readonly natsServerBin: string | null;
  /** Null: as the terminal can. */
  readonly colour: boolean | null;
  /** As it was given, for the settings of services that are set by whoever starts them. */
  readonly environment: Environment;
}

export function readConfig(environment: Environment = process.env): CliConfig {
  const given = parseConfig('the aether command', Settings, environment);
  const configHome = given.XDG_CONFIG_HOME ?? join(homedir(), '.config');
  return {
    dataDir: resolve(given.AETHER_DATA_DIR),
    configDir: resolve(given.AETHER_CONFIG_DIR ?? join(configHome, 'aether')),
    port: given.AETHER_PORT ?? null,
    host: given.AETHER_HOST,
    url: given.AETHER_URL ?? null,
    apiKey: given.AETHER_API_KEY ?? null,
    openclawDir: given.AETHER_OPENCLAW_DIR ? resolve(given.AETHER_OPENCLAW_DIR) : null,
    natsServerBin: given.NATS_SERVER_BIN ?? null,
    colour: given.NO_COLOR !== undefined ? false : given.FORCE_COLOR !== undefined ? true : null,
    environment,
  };
}
