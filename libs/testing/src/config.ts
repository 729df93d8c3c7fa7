import { fileURLToPath } from 'node:url';

/** The environment that tools started for tests are found with. */
export const environment: NodeJS.ProcessEnv = process.env;

/** Where OpenClaw is installed once for every test of this checkout. */
export const openClawDirectory = fileURLToPath(new URL('../../../.cache/openclaw', import.meta.url));
