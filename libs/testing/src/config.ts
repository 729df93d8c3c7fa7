import { fileURLToPath } from 'node:url';

/** The environment that tools started for tests are found with. */
export const environment: NodeJS.ProcessEnv = process.env;

function cache(name: string): string {
  return fileURLToPath(new URL(`../../../.cache/${name}`, import.meta.url));
}

/** Where OpenClaw is installed once for every test of this checkout. */
export const openClawDirectory = cache('openclaw');
/** Where a fetched nats-server is kept. */
export const natsDirectory = cache('nats');

/** Tells a test's process where the run's servers are asked for; set by the global set-up. */
export const SERVERS_VARIABLE = 'AETHER_TEST_SERVERS';
/** Tells it the directory that is cleaned when the run ends, or after it was killed. */
export const DIRECTORY_VARIABLE = 'AETHER_TEST_DIRECTORY';

const whole = (name: string, fallback: number) => Number(environment[name] ?? fallback);

/** Size and seed of the test that kills everything at random; `AETHER_CHAOS_MISSIONS=100` is its full size. */
export const chaos = {
  missions: whole('AETHER_CHAOS_MISSIONS', 6),
  /** Of each mission. */
  tasks: whole('AETHER_CHAOS_TASKS', 12),
  /** How long things are killed, in seconds. */
  seconds: whole('AETHER_CHAOS_SECONDS', 60),
  seed: whole('AETHER_CHAOS_SEED', Math.floor(Date.now() % 1_000_000)),
};
