import { DIRECTORY_VARIABLE, environment, SERVERS_VARIABLE } from './config.js';
import { hostTestServers } from './test-servers.js';

/** Jest calls this once before a run; what it returns is kept for the teardown. */
export default async function setUp(): Promise<void> {
  const host = await hostTestServers();
  environment[SERVERS_VARIABLE] = host.url;
  environment[DIRECTORY_VARIABLE] = host.directory;
  globalThis.aetherTestServers = host;
}
