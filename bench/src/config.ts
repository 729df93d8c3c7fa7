import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** The environment that the measured programs are started with. */
export const environment: NodeJS.ProcessEnv = process.env;

export const aetherProgram = join(root, 'cli/bin/aether.mjs');
export const resultsFile = join(root, 'bench/results.json');

/** OpenClaw as tests install it, so that a deploy is measured rather than a download. */
export const openClawDirectory = environment.AETHER_OPENCLAW_DIR ?? join(root, '.cache/openclaw');
export const isOpenClawInstalled = (): boolean => existsSync(openClawDirectory);

/** Debian's; another by `CHROMIUM_BIN`. */
export const chromiumProgram = environment.CHROMIUM_BIN ?? '/usr/bin/chromium';

/** Of the bare server, given by the program that starts it. */
export const bareDatabaseUrl = (): string => environment.BARE_DATABASE_URL ?? '';
